package dev.engram.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whether the documents tell the truth. */
class DocumentsTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  @Test
  void everyPromiseNamesATestThatIsThere() throws IOException {
    String sheet = Files.readString(ROOT.resolve("docs/concepts/durability.md"));
    Matcher named = Pattern.compile("`([A-Z]\\w+)(?:\\.(\\w+))?`").matcher(sheet);
    List<String> missing = new ArrayList<>();
    int tests = 0;
    while (named.find()) {
      if (named.group(1).endsWith("Test") || named.group(2) != null) {
        tests++;
        if (!exists(named.group(1), named.group(2))) {
          missing.add(named.group());
        }
      }
    }
    assertEquals(List.of(), missing);
    assertTrue(tests > 15, "the sheet names " + tests + " tests");
    for (String row : sheet.lines().filter(line -> line.startsWith("| ")).skip(1).toList()) {
      assertTrue(row.contains("`"), "a promise without a test: " + row);
    }
  }

  private static boolean exists(String type, String method) throws IOException {
    try (Stream<Path> files = Files.walk(ROOT.resolve("core/src/test/java"))) {
      List<Path> found =
          files.filter(f -> f.getFileName().toString().equals(type + ".java")).toList();
      return found.size() == 1
          && (method == null
              || Files.readString(found.getFirst()).contains("void " + method + "("));
    }
  }
}
