package dev.engram.internal.vector;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/** Directories of given files; the same contents are linked. */
final class Folders {
  private final Path parent;
  private final Map<String, Path> known = new TreeMap<>();
  private int made;

  Folders(Path parent) {
    this.parent = parent;
  }

  /** Something that is equal where all names and contents are. */
  static String key(Map<String, byte[]> files) {
    StringBuilder key = new StringBuilder();
    files.forEach((name, content) -> key.append(name).append('=').append(sum(content)).append(' '));
    return key.toString();
  }

  Path make(Map<String, byte[]> files) throws IOException {
    Path folder = Files.createDirectory(parent.resolve("folder" + made++));
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.createLink(folder.resolve(file.getKey()), content(file.getValue()));
    }
    return folder;
  }

  private Path content(byte[] content) throws IOException {
    String sum = sum(content);
    Path file = known.get(sum);
    if (file == null) {
      file = Files.write(parent.resolve("content" + known.size()), content);
      known.put(sum, file);
    }
    return file;
  }

  private static String sum(byte[] content) {
    CRC32C first = new CRC32C();
    CRC32 second = new CRC32();
    first.update(content);
    second.update(content);
    return Long.toHexString(first.getValue() << 32 ^ second.getValue()) + "-" + content.length;
  }
}
