package dev.engram.internal.log;

import dev.engram.internal.crypto.Sealer;
import dev.engram.internal.format.ByteWriter;
import dev.engram.internal.format.Keys;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * RocksDB's own form of a write batch, made without crossing into native code, so that callers
 * prepare their records outside the queue and the leader only joins bytes. Numbers are
 * little-endian (RocksDB, {@code db/write_batch.cc}):
 *
 * <pre>
 *   sequence (8, zero) | count (4), then each record:
 *     0x05 | family (varint) | key (length and bytes) | value (length and bytes)
 *     0x04 | family (varint) | key (length and bytes)
 *     0x0E | family (varint) | first key (length and bytes) | key after the last
 * </pre>
 *
 * A wrong count latches the database, so only this class counts. Not thread-safe.
 */
final class WriteBatchBytes {
  private static final int HEADER_BYTES = 12;
  private static final int PUT = 0x05;
  private static final int DELETE = 0x04;
  private static final int DELETE_RANGE = 0x0E;

  private final ToIntFunction<Family> columnFamily;
  private final Sealer sealer;
  private final ByteWriter records = new ByteWriter(256);
  private final List<RowKey> cachedKeys = new ArrayList<>();
  private boolean deletesCachedRanges;
  private int count;

  /**
   * @param columnFamily the id that RocksDB gave to a family
   * @param sealer makes of a value what is stored
   */
  WriteBatchBytes(ToIntFunction<Family> columnFamily, Sealer sealer) {
    this.columnFamily = columnFamily;
    this.sealer = sealer;
  }

  void put(Family family, byte[] key, byte[] value) {
    byte[] stored = sealer.seal(family.code(), key, value);
    records.u8(PUT).varint(columnFamily.applyAsInt(family)).block(key).block(stored);
    count(family, key);
  }

  void delete(Family family, byte[] key) {
    records.u8(DELETE).varint(columnFamily.applyAsInt(family)).block(key);
    count(family, key);
  }

  private void count(Family family, byte[] key) {
    count++;
    if (family.cached()) {
      cachedKeys.add(new RowKey(family, key));
    }
  }

  void deletePrefix(Family family, byte[] prefix) {
    deleteRange(family, prefix, Keys.afterPrefix(prefix));
  }

  void deleteRange(Family family, byte[] from, byte[] to) {
    records.u8(DELETE_RANGE).varint(columnFamily.applyAsInt(family)).block(from).block(to);
    count++;
    deletesCachedRanges |= family.cached();
  }

  void append(WriteBatchBytes other) {
    records.raw(other.records.array(), 0, other.records.size());
    cachedKeys.addAll(other.cachedKeys);
    deletesCachedRanges |= other.deletesCachedRanges;
    count += other.count;
  }

  /** Rows that it writes and {@link RowCache} may hold. */
  List<RowKey> cachedKeys() {
    return cachedKeys;
  }

  /** Whether it deletes ranges of such rows. */
  boolean deletesCachedRanges() {
    return deletesCachedRanges;
  }

  boolean isEmpty() {
    return count == 0;
  }

  int bytes() {
    return HEADER_BYTES + records.size();
  }

  /** The batch as RocksDB reads it. */
  byte[] toBytes() {
    ByteWriter out = new ByteWriter(bytes()).i64(0).i32(Integer.reverseBytes(count));
    return out.raw(records.array(), 0, records.size()).toBytes();
  }
}
