package dev.engram.internal.engine;

import dev.engram.CorruptStoreException;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.VectorLayout;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.LogSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Whether records have the vectors that they should have, many at a time, as they lie. Not
 * thread-safe.
 */
final class VectorChecks {
  private static final int MOST = 1_000;
  private static final long MOST_BYTES = 4L << 20;

  private final LogSnapshot rows;
  private final IntUnaryOperator dimensions;
  private final BiConsumer<String, byte[]> findings;
  private final List<byte[]> keys = new ArrayList<>();
  private long bytes;

  /**
   * @param dimensions of the collection of a number
   * @param findings takes what is wrong with the record of a key
   */
  VectorChecks(LogSnapshot rows, IntUnaryOperator dimensions, BiConsumer<String, byte[]> findings) {
    this.rows = rows;
    this.dimensions = dimensions;
    this.findings = findings;
  }

  /** The record of a key, above those before, should have a vector. */
  void expect(byte[] recordKey) {
    keys.add(recordKey);
    bytes += (long) Float.BYTES * dimensions.applyAsInt(Keys.intAt(recordKey, 0));
    if (keys.size() == MOST || bytes >= MOST_BYTES) {
      flush();
    }
  }

  /** Checks those that were not checked yet. */
  void flush() {
    List<byte @Nullable []> values = read();
    for (int i = 0; i < keys.size(); i++) {
      byte[] key = keys.get(i);
      try {
        check(key, values.isEmpty() ? rows.get(Family.VECTORS, key) : values.get(i));
      } catch (CorruptStoreException e) {
        findings.accept(String.valueOf(e.getMessage()), key);
      }
    }
    keys.clear();
    bytes = 0;
  }

  /** The vectors; none where one of them cannot be read. */
  private List<byte @Nullable []> read() {
    try {
      return rows.getOrdered(Family.VECTORS, keys);
    } catch (CorruptStoreException e) {
      return List.of();
    }
  }

  private void check(byte[] key, byte @Nullable [] value) {
    if (value == null) {
      findings.accept("a record lacks its vector", key);
    } else if (VectorLayout.decode(key, value).length
        != dimensions.applyAsInt(Keys.intAt(key, 0))) {
      findings.accept("a vector has another dimension than its collection", key);
    }
  }
}
