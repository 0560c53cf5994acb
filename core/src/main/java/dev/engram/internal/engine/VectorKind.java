package dev.engram.internal.engine;

import dev.engram.Metric;
import dev.engram.internal.vector.FlatVectorIndex;
import dev.engram.internal.vector.VectorIndex;
import dev.engram.spi.Change;
import dev.engram.spi.StateSnapshot;
import dev.engram.spi.StateSnapshot.CollectionRow;
import dev.engram.spi.View.Findings;
import java.util.function.IntFunction;

/** Vector indexes as partitions. */
final class VectorKind implements Partitions.Kind<VectorIndex> {
  static final String NAME = "vectors";

  private static final long BYTES_PER_INDEX = 1_024;

  private final IntFunction<Metric> metrics;

  /**
   * @param metrics the metric of a collection, by its number
   */
  VectorKind(IntFunction<Metric> metrics) {
    this.metrics = metrics;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public VectorIndex make(CollectionRow collection) {
    return new FlatVectorIndex(collection.dimension(), metrics.apply(collection.number()));
  }

  @Override
  public boolean needsVectors() {
    return true;
  }

  @Override
  public void put(VectorIndex index, Change.RecordPut put) {
    float[] vector = put.record().vector();
    if (put.fresh() && vector != null) {
      index.put(put.record().ordinal(), vector);
    }
  }

  @Override
  public void remove(VectorIndex index, int ordinal) {
    boolean _ = index.remove(ordinal);
  }

  /** A search meanwhile may see some of the new vectors, and old ones whose records are gone. */
  @Override
  public void atomically(VectorIndex index, Runnable changes) {
    changes.run();
  }

  @Override
  public long bytes(VectorIndex index) {
    return BYTES_PER_INDEX + index.bytes();
  }

  @Override
  public void verify(
      VectorIndex index, CollectionRow collection, StateSnapshot state, Findings findings) {
    int[] seen = {0};
    state.forEachRecord(
        collection,
        true,
        row -> {
          float[] vector = row.vector();
          if (vector != null) {
            seen[0]++;
            int ordinal = row.ordinal();
            if (!index.holds(ordinal, vector)) {
              findings.add(
                  "a vector is not indexed: collection="
                      + row.collection()
                      + ", ordinal="
                      + ordinal);
            }
          }
        });
    if (seen[0] != index.size()) {
      findings.add(
          "the vector index differs: collection="
              + collection.number()
              + ", indexed="
              + index.size()
              + ", stored="
              + seen[0]);
    }
  }
}
