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
   * FILE} for JSON. Ends with 0 when every budget's must holds, with 3 when one does not.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    List<String> words = List.of(args);
    if (words.isEmpty() || !words.getFirst().equals("log")) {
      System.err.println("usage: engram bench log [--quick] [--out FILE]");
      System.exit(USAGE);
      return;
    }
    Report report = new LogBench(words.contains("--quick")).run();
    report.print(System.out);
    Path out = fileAfter(words, "--out");
    if (out != null) {
      report.write(out);
    }
    System.exit(report.holds() ? 0 : MISSED);
  }

  private static @Nullable Path fileAfter(List<String> words, String option) {
    int at = words.indexOf(option);
    return at < 0 || at + 1 >= words.size() ? null : Path.of(words.get(at + 1));
  }
}
