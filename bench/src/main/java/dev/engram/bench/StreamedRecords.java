package dev.engram.bench;

import dev.engram.CollectionConfig;
import dev.engram.Engram;
import dev.engram.Progress;
import dev.engram.RecordId;
import dev.engram.Search;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A program with a small heap that streams records of a kilobyte into a store and finds them. */
final class StreamedRecords {
  static final int HEAP_MIB = 512;

  /** Records between two looks at the heap. */
  private static final int LOOK = 5_000;

  private StreamedRecords() {}

  /**
   * What the program reports.
   *
   * @param records found after reopening
   * @param mostLiveMiB the most that was left after a collection
   */
  record Outcome(long records, double perSecond, double mostLiveMiB) {}

  /** Runs the program in a JVM of {@link #HEAP_MIB}; it fails where that JVM does. */
  static Outcome inOwnProcess(Path store, int records) throws IOException, InterruptedException {
    List<String> words = OwnProcess.run(StreamedRecords.class, HEAP_MIB, store, records);
    return new Outcome(
        Long.parseLong(words.get(0)),
        Double.parseDouble(words.get(1)),
        Double.parseDouble(words.get(2)));
  }

  public static void main(String[] args) {
    Path store = Path.of(args[0]);
    int records = Integer.parseInt(args[1]);
    AtomicLong mostLive = new AtomicLong();
    long started = System.nanoTime();
    try (Engram engram = Engram.open(store)) {
      VectorCollection docs = engram.collection("docs", CollectionConfig.textOnly());
      docs.upsertAll(watched(records, mostLive), Progress.NONE);
      if (!engram.awaitViews(engram.lastCommit(), Duration.ofMinutes(10))) {
        throw new IllegalStateException("the views lag");
      }
    }
    double seconds = Measured.seconds(started);
    try (Engram engram = Engram.open(store)) {
      VectorCollection docs = engram.collection("docs");
      boolean found = !docs.search(Search.text("unique" + (records - 1))).isEmpty();
      System.out.println(
          (found ? docs.count() : 0)
              + " "
              + records / seconds
              + " "
              + (double) mostLive.get() / (1 << 20));
    }
  }

  private static Iterator<VectorRecord> watched(int records, AtomicLong mostLive) {
    AtomicLong number = new AtomicLong();
    return Texts.kilobytes(records)
        .map(text -> {
          long n = number.getAndIncrement();
          if (n % LOOK == 0) {
            mostLive.accumulateAndGet(Heap.afterLastCollection(), Math::max);
          }
          return VectorRecord.of(RecordId.of(n)).withText(text);
        })
        .iterator();
  }
}
