import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Prints {@code N passed, N failed} over the Surefire reports that this build wrote: arguments are
 * the project's root and the moment the build began. Reports of an earlier build do not count.
 */
final class TestCount {
  private static final Pattern COUNT =
      Pattern.compile("\\b(tests|errors|skipped|failures)=\"(\\d+)\"");

  private int tests;
  private int failed;
  private int skipped;

  private TestCount() {}

  public static void main(String[] args) throws IOException {
    TestCount count = new TestCount();
    for (Path report : reports(Path.of(args[0]), Instant.parse(args[1]))) {
      count.add(Files.readString(report));
    }
    count.print();
  }

  private static List<Path> reports(Path root, Instant began) throws IOException {
    try (Stream<Path> files = Files.walk(root, 4)) {
      return files
          .filter(file -> file.getParent().endsWith("target/surefire-reports"))
          .filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml"))
          .filter(file -> !file.toFile().isDirectory())
          .filter(file -> file.toFile().lastModified() >= began.toEpochMilli())
          .toList();
    }
  }

  private void add(String report) {
    int start = report.indexOf("<testsuite ");
    Matcher counts = COUNT.matcher(report.substring(start, report.indexOf('>', start)));
    while (counts.find()) {
      int value = Integer.parseInt(counts.group(2));
      switch (counts.group(1)) {
        case "tests" -> tests += value;
        case "skipped" -> skipped += value;
        default -> failed += value;
      }
    }
  }

  private void print() {
    if (skipped > 0) {
      System.out.println(skipped + " skipped");
    }
    if (tests > 0) {
      System.out.println((tests - failed - skipped) + " passed, " + failed + " failed");
    }
  }
}
