package dev.engram.internal.log;

import dev.engram.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** RocksDB's OPTIONS file: what the database really runs with. Immutable. */
final class OptionsFile {
  private static final String PREFIX = "OPTIONS-";

  private final Map<String, Map<String, String>> sections;

  private OptionsFile(Map<String, Map<String, String>> sections) {
    this.sections = sections;
  }

  /** The file that the last opening wrote. */
  static OptionsFile newest(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      Path newest =
          files
              .filter(f -> f.getFileName().toString().matches(PREFIX + "\\d+"))
              .max((a, b) -> Long.compare(number(a), number(b)))
              .orElseThrow(() -> new IOException("there is no OPTIONS file"));
      return parse(Files.readString(newest));
    }
  }

  static OptionsFile parse(String text) {
    Map<String, Map<String, String>> sections = new HashMap<>();
    Map<String, String> current = new HashMap<>();
    for (String line : text.lines().map(String::strip).toList()) {
      if (line.startsWith("[") && line.endsWith("]")) {
        current = new HashMap<>();
        sections.put(line.substring(1, line.length() - 1), current);
      } else if (line.contains("=")) {
        int equals = line.indexOf('=');
        current.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    return new OptionsFile(sections);
  }

  /**
   * Compares with what was asked for.
   *
   * @throws StorageException where a value differs
   */
  void check(Map<String, Map<String, String>> expected) {
    expected.forEach((section, values) -> {
      Map<String, String> actual = sections.getOrDefault(section, Map.of());
      values.forEach((key, value) -> {
        if (!value.equals(actual.get(key))) {
          throw new StorageException(
              "an option of the log did not take effect: section="
                  + section
                  + ", option="
                  + key
                  + ", asked="
                  + value
                  + ", actual="
                  + actual.get(key));
        }
      });
    });
  }

  private static long number(Path file) {
    return Long.parseLong(file.getFileName().toString().substring(PREFIX.length()));
  }
}
