package dev.engram.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * A child program that does file operations in a directory, one for each argument, and prints each
 * when it is done. For the tests of this package; not thread-safe.
 */
final class FileScript {
  private final Path directory;
  private final Map<Path, FileChannel> open = new HashMap<>();

  private FileScript(Path directory) {
    this.directory = directory;
  }

  /** Arguments: the directory, then the operations, such as {@code "append a 100 x"}. */
  public static void main(String[] arguments) throws IOException {
    FileScript script = new FileScript(Path.of(arguments[0]));
    for (int i = 1; i < arguments.length; i++) {
      script.run(arguments[i].split(" "));
      System.out.println(arguments[i]);
    }
  }

  private void run(String[] words) throws IOException {
    Path path = directory.resolve(words[1]);
    switch (words[0]) {
      case "create" -> channel(path);
      case "append" -> {
        FileChannel channel = channel(path);
        channel.position(channel.size()).write(bytes(words[2], words[3]));
      }
      case "overwrite" -> channel(path).write(bytes(words[3], words[4]), Long.parseLong(words[2]));
      case "truncate" -> channel(path).truncate(Long.parseLong(words[2]));
      case "clear" -> Files.write(path, new byte[0]);
      case "sync" -> channel(path).force(false);
      case "syncdir" -> syncDirectory(path);
      case "rename" ->
          Files.move(path, directory.resolve(words[2]), StandardCopyOption.ATOMIC_MOVE);
      case "remove" -> Files.delete(path);
      case "link" -> Files.createLink(directory.resolve(words[2]), path);
      case "mkdir" -> Files.createDirectory(path);
      default -> throw new IllegalArgumentException("unknown operation: word=" + words[0]);
    }
  }

  private FileChannel channel(Path path) throws IOException {
    FileChannel channel = open.get(path);
    if (channel == null) {
      channel =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      open.put(path, channel);
    }
    return channel;
  }

  private static void syncDirectory(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static ByteBuffer bytes(String count, String letter) {
    return ByteBuffer.wrap(
        letter.repeat(Integer.parseInt(count)).getBytes(StandardCharsets.US_ASCII));
  }
}
