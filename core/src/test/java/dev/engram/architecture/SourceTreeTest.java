package dev.engram.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the compiler does not refuse and we do, over the sources of every module. */
class SourceTreeTest {
  private static final int MAX_METHOD_LINES = 70;
  private static final int MAX_FILE_LINES = 700;
  private static final int MAX_COLUMNS = 100;
  private static final Pattern LEFT_OVER = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
  private static final Pattern NULL_MARKED =
      Pattern.compile("^@(org\\.jspecify\\.annotations\\.)?NullMarked$", Pattern.MULTILINE);

  private static final Path ROOT = root();

  @Test
  void methodsAreShort() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (SourceFacts.Method method : SourceFacts.of(javaSources("")).methods()) {
      if (method.lines() > MAX_METHOD_LINES) {
        tooLong.add(method.place() + " has " + method.lines() + " lines");
      }
    }
    assertNone(tooLong);
  }

  @Test
  void filesAreShort() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path file : javaSources("")) {
      int lines = Files.readAllLines(file).size();
      if (lines > MAX_FILE_LINES) {
        tooLong.add(relative(file) + " has " + lines + " lines");
      }
    }
    assertNone(tooLong);
  }

  @Test
  void linesAreNarrowAndNothingIsLeftForLater() throws IOException {
    List<String> bad = new ArrayList<>();
    for (Path file : javaSources("")) {
      int number = 0;
      for (String line : Files.readAllLines(file)) {
        number++;
        boolean mayBeWide = line.startsWith("import ") || line.contains("://");
        if (line.codePointCount(0, line.length()) > MAX_COLUMNS && !mayBeWide) {
          bad.add(relative(file) + ":" + number + " is wider than " + MAX_COLUMNS + " columns");
        }
        if (LEFT_OVER.matcher(line).find()) {
          bad.add(relative(file) + ":" + number + " leaves something for later");
        }
      }
    }
    assertNone(bad);
  }

  @Test
  void everyPackageSaysWhatItIsAndIsNullMarked() throws IOException {
    List<String> bad = new ArrayList<>();
    for (Path folder : javaSources("src/main").stream().map(Path::getParent).distinct().toList()) {
      Path info = folder.resolve("package-info.java");
      if (!Files.exists(info) || !NULL_MARKED.matcher(Files.readString(info)).find()) {
        bad.add(relative(folder) + " has no package-info.java with @NullMarked");
      }
    }
    assertNone(bad);
  }

  @Test
  void timeComesInAndIsNotTaken() throws IOException {
    List<Path> library =
        javaSources("src/main").stream()
            .filter(file -> !relative(file).startsWith("cli/"))
            .filter(file -> !relative(file).startsWith("bench/"))
            .toList();
    assertNone(SourceFacts.of(library).clockReads());
  }

  @Test
  void documentsHaveNoDeadLinks() throws IOException {
    assertNone(MarkdownLinks.dead(ROOT, sources(".md")));
  }

  private static void assertNone(List<String> violations) {
    assertEquals("", String.join("\n", violations));
  }

  private static List<Path> javaSources(String within) throws IOException {
    List<Path> files =
        sources(".java").stream().filter(file -> relative(file).contains(within)).toList();
    assertFalse(files.isEmpty(), "no sources found under " + within);
    return files;
  }

  private static List<Path> sources(String ending) throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(file -> file.toString().endsWith(ending))
          .filter(file -> !relative(file).matches("(.*/)?(target|\\.[^/]*)/.*"))
          .sorted()
          .toList();
    }
  }

  private static String relative(Path file) {
    return ROOT.relativize(file).toString().replace('\\', '/');
  }

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("mvnw"))) {
      folder = folder.getParent();
    }
    return folder;
  }
}
