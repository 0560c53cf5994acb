package dev.engram.bench;

import dev.engram.Engram;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import dev.engram.testing.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A program that replaces the records of a store for ever, to be killed while it does so. */
final class KilledWriter {
  private static final Duration TIMEOUT = Duration.ofMinutes(5);
  private static final int BATCH = 500;
  private static final int BATCHES = 20;
  private static final List<String> FLAGS = List.of("-Xmx1g");

  private KilledWriter() {}

  /**
   * Starts it and kills it after some commits.
   *
   * @param count records of the store, which have the numbers up to this
   * @return the number of the last record that it said was replaced
   */
  static int kill(Path store, int count, int dimension) {
    List<String> arguments =
        List.of(store.toString(), Integer.toString(count), Integer.toString(dimension));
    try (ChildJvm child = ChildJvm.start(KilledWriter.class, arguments, Map.of(), FLAGS)) {
      List<String> _ = child.awaitLines(BATCHES, TIMEOUT);
      child.kill();
      return Integer.parseInt(child.lines().getLast());
    }
  }

  /** The vector that a record has got. */
  static float[] vector(int number, int dimension) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = (number * 31 + i * 17) % 97 - 48;
    }
    vector[number % dimension] = 100;
    return vector;
  }

  /** Arguments: store, records, dimension. */
  public static void main(String[] args) {
    int count = Integer.parseInt(args[1]);
    int dimension = Integer.parseInt(args[2]);
    VectorCollection records = Engram.open(Path.of(args[0])).collection(DurabilityBench.COLLECTION);
    for (int from = 0; ; from = (from + BATCH) % count) {
      List<VectorRecord> batch = new ArrayList<>();
      int last = Math.min(count, from + BATCH) - 1;
      for (int i = from; i <= last; i++) {
        batch.add(DurabilityBench.record(i, vector(i, dimension)));
      }
      records.upsert(batch);
      System.out.println(last);
      System.out.flush();
    }
  }
}
