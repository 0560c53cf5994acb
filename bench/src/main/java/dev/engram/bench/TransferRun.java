package dev.engram.bench;

import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.Export;
import dev.engram.Import;
import dev.engram.Progress;
import dev.engram.TransferReport;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A program with a small heap that exports a store, imports it again, or reads an export. */
final class TransferRun {
  static final int HEAP_MIB = 256;

  private static final double MIB = 1 << 20;

  private TransferRun() {}

  /** What it does. */
  enum Act {
    EXPORT,
    IMPORT,
    VERIFY
  }

  /**
   * What came of it.
   *
   * @param sha256 digest of what the file says
   * @param liveMiB the most of the heap that was left after a collection
   */
  record Outcome(double seconds, long records, String sha256, double liveMiB) {
    double perSecond() {
      return records / seconds;
    }
  }

  /** Runs it in a JVM of {@link #HEAP_MIB}; fails where that JVM does. */
  static Outcome inOwnProcess(Act act, Path store, Path file, String form)
      throws IOException, InterruptedException {
    List<String> words =
        OwnProcess.runWithVectorApi(TransferRun.class, HEAP_MIB, act, store, file, form);
    return new Outcome(
        Double.parseDouble(words.get(0)),
        Long.parseLong(words.get(1)),
        words.get(2),
        Double.parseDouble(words.get(3)));
  }

  /** Arguments: act, store, file, form. */
  public static void main(String[] args) throws IOException {
    AtomicLong live = new AtomicLong();
    Progress watching = _ -> live.accumulateAndGet(Heap.afterLastCollection(), Math::max);
    Path file = Path.of(args[2]);
    try (Engram engram = Engram.open(EngramConfig.at(Path.of(args[1])))) {
      long began = System.nanoTime();
      TransferReport report = act(Act.valueOf(args[0]), engram, file, args[3], watching);
      double seconds = Measured.seconds(began);
      live.accumulateAndGet(Heap.afterLastCollection(), Math::max);
      System.out.println(
          seconds
              + " "
              + report.records()
              + " "
              + report.sha256().orElseThrow()
              + " "
              + live.get() / MIB);
    }
  }

  private static TransferReport act(
      Act act, Engram engram, Path file, String form, Progress watching) throws IOException {
    return switch (act) {
      case EXPORT -> engram.transfer().write(Export.everything().format(form), file, watching);
      case IMPORT -> engram.transfer().read(Import.exact(), file, watching);
      case VERIFY -> {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
          yield engram.transfer().verify(Import.exact(), in, watching);
        }
      }
    };
  }
}
