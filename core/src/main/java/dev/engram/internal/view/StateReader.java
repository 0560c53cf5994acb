package dev.engram.internal.view;

import dev.engram.CommitId;
import dev.engram.CorruptStoreException;
import dev.engram.Synapse.Tier;
import dev.engram.internal.format.CollectionLayout;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.RecordLayout;
import dev.engram.internal.format.VectorLayout;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.Log;
import dev.engram.internal.log.LogSnapshot;
import dev.engram.spi.RecordRow;
import dev.engram.spi.StateSnapshot;
import dev.engram.spi.SynapseRow;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** The state of the store right after one commit, decoded. Not thread-safe. */
public final class StateReader implements StateSnapshot {
  /** Vectors that are fetched in one go. */
  private static final int VECTOR_BATCH = 256;

  private final LogSnapshot snapshot;

  private StateReader(LogSnapshot snapshot) {
    this.snapshot = snapshot;
  }

  /** The state of exactly the last commit; waits for the group that is under way. */
  public static StateReader of(Log log) {
    LogSnapshot[] taken = new LogSnapshot[1];
    log.exclusively(() -> taken[0] = log.snapshot());
    return new StateReader(taken[0]);
  }

  /** The state of the last commit, for a caller that runs while no commit is under way. */
  public static StateReader ofStanding(Log log) {
    return new StateReader(log.snapshot());
  }

  @Override
  public CommitId commit() {
    return snapshot.commit();
  }

  /** The rows themselves. */
  public LogSnapshot rows() {
    return snapshot;
  }

  @Override
  public void forEachCollection(Consumer<CollectionRow> consumer) {
    byte[] from = Keys.descriptors();
    snapshot.scan(
        Family.CONFIG,
        from,
        Keys.afterPrefix(from),
        (key, value) -> {
          consumer.accept(
              CommitDecoder.collectionRow(Keys.intAt(key, 1), CollectionLayout.decode(key, value)));
          return true;
        });
  }

  @Override
  public void forEachRecord(
      CollectionRow collection, boolean withVectors, Consumer<RecordRow> consumer) {
    byte[] from = Keys.epoch(collection.number(), collection.epoch());
    List<byte[]> keys = new ArrayList<>();
    List<RecordLayout.Row> rows = new ArrayList<>();
    snapshot.scan(
        Family.RECORDS,
        from,
        Keys.afterPrefix(from),
        (key, value) -> {
          RecordLayout.Row row = RecordLayout.decode(key, value);
          if (!withVectors) {
            consumer.accept(CommitDecoder.recordRow(key, row, null));
            return true;
          }
          keys.add(key);
          rows.add(row);
          if (keys.size() == VECTOR_BATCH) {
            deliver(keys, rows, consumer);
          }
          return true;
        });
    deliver(keys, rows, consumer);
  }

  /** The ordinals of the records of one collection that have a vector, ascending. */
  public void forEachVectorOrdinal(CollectionRow collection, IntConsumer consumer) {
    byte[] from = Keys.epoch(collection.number(), collection.epoch());
    snapshot.scan(
        Family.RECORDS,
        from,
        Keys.afterPrefix(from),
        (key, value) -> {
          if (RecordLayout.hasVector(key, value)) {
            consumer.accept(Keys.intAt(key, 8));
          }
          return true;
        });
  }

  /** A vector under its ordinal. */
  @FunctionalInterface
  public interface VectorConsumer {
    void accept(int ordinal, float[] vector);
  }

  /** The vectors under some ordinals of one collection, ascending. */
  public void forEachVector(CollectionRow collection, BitSet ordinals, VectorConsumer consumer) {
    List<byte[]> keys = new ArrayList<>();
    for (int at = ordinals.nextSetBit(0); at >= 0; at = ordinals.nextSetBit(at + 1)) {
      keys.add(Keys.record(collection.number(), collection.epoch(), at));
      if (keys.size() == VECTOR_BATCH) {
        deliver(keys, consumer);
      }
    }
    deliver(keys, consumer);
  }

  private void deliver(List<byte[]> keys, VectorConsumer consumer) {
    List<byte @Nullable []> vectors = snapshot.getAll(Family.VECTORS, keys);
    for (int i = 0; i < keys.size(); i++) {
      byte[] key = keys.get(i);
      consumer.accept(Keys.intAt(key, 8), vector(key, vectors.get(i)));
    }
    keys.clear();
  }

  private static float[] vector(byte[] key, byte @Nullable [] stored) {
    if (stored == null) {
      throw new CorruptStoreException(
          "a record lacks its vector: collection="
              + Keys.intAt(key, 0)
              + ", ordinal="
              + Keys.intAt(key, 8)
              + "; restore the store from a backup");
    }
    return VectorLayout.decode(key, stored);
  }

  @Override
  public void forEachSynapse(CollectionRow collection, Consumer<SynapseRow> consumer) {
    byte[] from = Keys.collection(collection.number());
    for (Tier tier : Tier.values()) {
      Family family = tier == Tier.SHORT_TERM ? Family.SHORT_TERM : Family.LONG_TERM;
      snapshot.scan(
          family,
          from,
          Keys.afterPrefix(from),
          (key, value) -> {
            consumer.accept(CommitDecoder.synapseRow(key, value, tier));
            return true;
          });
    }
  }

  @Override
  public void close() {
    snapshot.close();
  }

  private void deliver(
      List<byte[]> keys, List<RecordLayout.Row> rows, Consumer<RecordRow> consumer) {
    List<byte @Nullable []> vectors = snapshot.getAll(Family.VECTORS, keys);
    for (int i = 0; i < keys.size(); i++) {
      byte[] key = keys.get(i);
      float[] vector = rows.get(i).hasVector() ? vector(key, vectors.get(i)) : null;
      consumer.accept(CommitDecoder.recordRow(key, rows.get(i), vector));
    }
    keys.clear();
    rows.clear();
  }
}
