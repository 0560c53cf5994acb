package dev.engram.golden;

import dev.engram.testing.FileTree;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** A directory as one file. Static functions only. */
final class GoldenFiles {
  /** What RocksDB writes for people, and what is only there while a store is open. */
  private static final Set<String> LEFT_OUT = Set.of("LOG", "engram.lock");

  private GoldenFiles() {}

  static void pack(Path directory, OutputStream out) throws IOException {
    TreeMap<String, Path> files = new TreeMap<>();
    for (Path file : FileTree.files(directory)) {
      files.put(directory.relativize(file).toString().replace('\\', '/'), file);
    }
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setLevel(Deflater.BEST_COMPRESSION);
      for (String name : files.keySet()) {
        if (!LEFT_OUT.contains(files.get(name).getFileName().toString())) {
          ZipEntry entry = new ZipEntry(name);
          entry.setTime(0);
          zip.putNextEntry(entry);
          long _ = Files.copy(files.get(name), zip);
          zip.closeEntry();
        }
      }
    }
  }

  /** Makes the directory. */
  static void unpack(InputStream in, Path directory) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = directory.resolve(entry.getName()).normalize();
        if (!file.startsWith(directory)) {
          throw new IOException("a file outside the directory: " + entry.getName());
        }
        Files.createDirectories(file.getParent());
        Files.write(file, zip.readAllBytes());
      }
    }
  }

  /** The names of stores of released formats, beside this class. */
  static List<String> all() {
    return List.of("store-1");
  }
}
