package dev.engram.crash;

import dev.engram.CollectionConfig;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.Metric;
import dev.engram.RecordId;
import dev.engram.Search;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import dev.engram.internal.engine.EngineFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The program that is killed while its vector index is written. It stores vectors in batches, each
 * of which deletes some of the batch before and stores others of it again, and prints how many
 * batches are acknowledged.
 */
public final class VectorWorkload {
  static final String NAME = "vectors";
  static final int DIMENSION = 8;
  static final int BATCH = 1_000;

  private VectorWorkload() {}

  /** Arguments: directory, batches, crash point, its count. */
  public static void main(String[] arguments) {
    String point = arguments[2];
    AtomicInteger left = new AtomicInteger(Integer.parseInt(arguments[3]));
    EngramConfig config = EngramConfig.at(Path.of(arguments[0]));
    try (Engram engram =
        EngineFactory.open(
            config,
            reached -> {
              if (reached.equals(point) && left.decrementAndGet() <= 0) {
                Runtime.getRuntime().halt(137);
              }
            })) {
      fill(engram, Integer.parseInt(arguments[1]));
    }
  }

  private static void fill(Engram engram, int batches) {
    VectorCollection vectors =
        engram.collection(NAME, CollectionConfig.ofDimension(DIMENSION).metric(Metric.EUCLIDEAN));
    // From the first search on the index is fed.
    boolean _ = vectors.search(Search.nearest(row(0))).isEmpty();
    for (int batch = 0; batch < batches; batch++) {
      int number = batch;
      engram.write(tx -> {
        VectorCollection inside = tx.collection(NAME);
        List<VectorRecord> records = new ArrayList<>();
        for (int i = number * BATCH; i < (number + 1) * BATCH; i++) {
          records.add(VectorRecord.of(RecordId.of(i), row(i)));
        }
        inside.upsert(records);
        for (int i = (number - 1) * BATCH; number > 0 && i < number * BATCH; i += 10) {
          inside.delete(RecordId.of(i));
          inside.upsert(VectorRecord.of(RecordId.of(i + 1), row(-i - 1)));
        }
      });
      System.out.println(batch + 1);
      System.out.flush();
    }
    while (!vectors.index().settled()) {
      java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
    }
  }

  /** What is stored under an id after so many batches; empty where it is deleted, or not there. */
  static float[] expected(int id, int batches) {
    if (id >= batches * BATCH || (id % 10 == 0 && id / BATCH < batches - 1)) {
      return new float[0];
    }
    return id % 10 == 1 && id / BATCH < batches - 1 ? row(-id) : row(id);
  }

  static float[] row(int number) {
    Random random = new Random(number);
    float[] row = new float[DIMENSION];
    for (int j = 0; j < DIMENSION; j++) {
      row[j] = (float) random.nextGaussian() + (number % 40 == j ? 6 : 0);
    }
    return row;
  }
}
