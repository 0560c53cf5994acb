package dev.engram.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@code engram bench} command: runs one benchmark by name. */
public final class Bench {
  private static final int MISSED = 3;
  private static final int USAGE = 2;

  private Bench() {}

  /**
   * Runs the benchmark named first. Options: {@code --quick} for less than a minute, {@code --out
   * FILE} for JSON; for vectors {@code --count N}, {@code --dimension N}, and {@code --u8 FILE} for
   * rows of unsigned bytes instead of generated ones. Ends with 0 when every budget's must holds,
   * with 3 when one does not.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    List<String> words = List.of(args);
    Report report;
    switch (words.isEmpty() ? "" : words.getFirst()) {
      case "log" -> report = new LogBench(words.contains("--quick")).run();
      case "vectors" -> report = new VectorBench(vectors(words)).run();
      default -> {
        System.err.println("usage: engram bench log|vectors [--quick] [--out FILE]");
        System.exit(USAGE);
        return;
      }
    }
    report.print(System.out);
    String out = after(words, "--out");
    if (out != null) {
      report.write(Path.of(out));
    }
    System.exit(report.holds() ? 0 : MISSED);
  }

  private static Vectors vectors(List<String> words) throws IOException {
    String file = after(words, "--u8");
    int count = number(words, "--count", words.contains("--quick") ? 20_000 : 100_000);
    return file == null
        ? Vectors.generated(count, number(words, "--dimension", 384), 1)
        : Vectors.bytes(Path.of(file), number(words, "--dimension", 784), count);
  }

  private static int number(List<String> words, String option, int unlessGiven) {
    String given = after(words, option);
    return given == null ? unlessGiven : Integer.parseInt(given);
  }

  private static @Nullable String after(List<String> words, String option) {
    int at = words.indexOf(option);
    return at < 0 || at + 1 >= words.size() ? null : words.get(at + 1);
  }
}
