package dev.engram.internal.format;

import java.util.UUID;

/**
 * The keys of every family of rows. Fixed-width and big-endian, so that rows lie in numeric order;
 * only internal numbers and digests, never user text.
 */
public final class Keys {
  /** Bytes of {@link #record}. */
  public static final int RECORD_BYTES = 12;

  private static final int COUNTER_KIND = 2;
  private static final int FORGETTING_KIND = 1;
  private static final int TOMBSTONE_KIND = 2;
  private static final int DYNAMICS_KIND = 3;
  private static final int RHYTHM_KIND = 4;
  private static final int NOTE_KIND = 5;
  private static final int DESCRIPTOR_KIND = 1;
  private static final int NAME_KIND = 2;
  private static final int BY_KEY_KIND = 1;
  private static final int BY_TIME_KIND = 2;

  private Keys() {}

  /** {@code meta}: who the store is. */
  public static byte[] identity() {
    return new byte[] {1};
  }

  /** {@code meta}: a counter of a collection; collection 0 is the store itself. */
  public static byte[] counter(int collection, int which) {
    return new ByteWriter(6).u8(COUNTER_KIND).i32(collection).u8(which).toBytes();
  }

  /** {@code meta}: all counters. */
  public static byte[] counters() {
    return new byte[] {COUNTER_KIND};
  }

  /** {@code meta}: how a space learns and fades, where it was told. */
  public static byte[] dynamics(int space) {
    return new ByteWriter(5).u8(DYNAMICS_KIND).i32(space).toBytes();
  }

  /** {@code meta}: how often a space has slept, and how far its jobs are. */
  public static byte[] rhythm(int space) {
    return new ByteWriter(5).u8(RHYTHM_KIND).i32(space).toBytes();
  }

  /** {@code meta}: what is noted of a memory for an audit. */
  public static byte[] note(int space, int node) {
    return new ByteWriter(9).u8(NOTE_KIND).i32(space).i32(node).toBytes();
  }

  /** {@code meta}: every note of a space. */
  public static byte[] notes(int space) {
    return new ByteWriter(5).u8(NOTE_KIND).i32(space).toBytes();
  }

  /** {@code config}: the description of a collection or space. */
  public static byte[] descriptor(int collection) {
    return new ByteWriter(5).u8(DESCRIPTOR_KIND).i32(collection).toBytes();
  }

  /** {@code config}: all descriptions. */
  public static byte[] descriptors() {
    return new byte[] {DESCRIPTOR_KIND};
  }

  /** {@code config}: what a name or alias stands for. */
  public static byte[] name(String name) {
    return new ByteWriter(17).u8(NAME_KIND).raw(Digest.of(name)).toBytes();
  }

  /** {@code config}: all names. */
  public static byte[] names() {
    return new byte[] {NAME_KIND};
  }

  /** {@code records}, {@code vectors} and {@code pending}: one ordinal. */
  public static byte[] record(int collection, int epoch, int ordinal) {
    return new ByteWriter(RECORD_BYTES).i32(collection).i32(epoch).i32(ordinal).toBytes();
  }

  /** All rows of one epoch of a collection. */
  public static byte[] epoch(int collection, int epoch) {
    return new ByteWriter(8).i32(collection).i32(epoch).toBytes();
  }

  /** All rows of a collection, in every family whose keys begin with its number. */
  public static byte[] collection(int collection) {
    return new ByteWriter(4).i32(collection).toBytes();
  }

  /** {@code ids} and {@code content}: a digest within a collection. */
  public static byte[] digest(int collection, byte[] digest) {
    return new ByteWriter(4 + digest.length).i32(collection).raw(digest).toBytes();
  }

  /** {@code content}: a further memory of the same text. */
  public static byte[] contentHolder(byte[] contentKey, int epoch, int ordinal) {
    return new ByteWriter(contentKey.length + 8).raw(contentKey).i32(epoch).i32(ordinal).toBytes();
  }

  /** {@code concepts} and {@code working}: one node of a space. */
  public static byte[] node(int space, int node) {
    return new ByteWriter(8).i32(space).i32(node).toBytes();
  }

  /** {@code st_edges}, {@code lt_edges}; {@code rev_edges} with the nodes changed round. */
  public static byte[] edge(int space, int from, int to, long relationKey) {
    return new ByteWriter(20).i32(space).i32(from).i32(to).i64(relationKey).toBytes();
  }

  /** One recall, in the family of recalls; ordered by time, as ids of version 7 are. */
  public static byte[] operation(int space, UUID operation) {
    ByteWriter out = new ByteWriter(20).i32(space).i64(operation.getMostSignificantBits());
    return out.i64(operation.getLeastSignificantBits()).toBytes();
  }

  /** {@code forgotten}: one time that a space forgot. */
  public static byte[] forgetting(int space, UUID operation) {
    return forgotten(space, FORGETTING_KIND, operation).toBytes();
  }

  /** {@code forgotten}: every time that a space forgot. */
  public static byte[] forgettings(int space) {
    return new ByteWriter(5).i32(space).u8(FORGETTING_KIND).toBytes();
  }

  /** {@code forgotten}: a memory that was forgotten. */
  public static byte[] tombstone(int space, UUID operation, int node) {
    return forgotten(space, TOMBSTONE_KIND, operation).i32(node).toBytes();
  }

  /** {@code forgotten}: every memory that was forgotten at one time. */
  public static byte[] tombstones(int space, UUID operation) {
    return forgotten(space, TOMBSTONE_KIND, operation).toBytes();
  }

  private static ByteWriter forgotten(int space, int kind, UUID operation) {
    ByteWriter out = new ByteWriter(25).i32(space).u8(kind);
    return out.i64(operation.getMostSignificantBits()).i64(operation.getLeastSignificantBits());
  }

  /** {@code expiry}: ordered by time. */
  public static byte[] expiry(long expiresAtMillis, byte[] recordKey) {
    return new ByteWriter(20).i64(expiresAtMillis).raw(recordKey).toBytes();
  }

  /** {@code idempotency}: by the user's key. */
  public static byte[] idempotency(String key) {
    return new ByteWriter(17).u8(BY_KEY_KIND).raw(Digest.of(key)).toBytes();
  }

  /** {@code idempotency}: by time, for dropping the old. */
  public static byte[] idempotencyAge(long timeMillis, byte[] keyRow) {
    return new ByteWriter(25)
        .u8(BY_TIME_KIND)
        .i64(timeMillis)
        .raw(keyRow, 1, Digest.KEY_BYTES)
        .toBytes();
  }

  /** {@code idempotency}: all rows by time. */
  public static byte[] idempotencyAges() {
    return new byte[] {BY_TIME_KIND};
  }

  /** The row by the user's key that a row by time stands for. */
  public static byte[] idempotencyOfAge(byte[] ageKey) {
    return new ByteWriter(17).u8(BY_KEY_KIND).raw(ageKey, 9, Digest.KEY_BYTES).toBytes();
  }

  /** {@code log}: one commit. */
  public static byte[] commit(long lsn) {
    return new ByteWriter(8).i64(lsn).toBytes();
  }

  /** The least key above every key with this prefix; empty where there is none. */
  public static byte[] afterPrefix(byte[] prefix) {
    for (int last = prefix.length - 1; last >= 0; last--) {
      if (prefix[last] != (byte) 0xFF) {
        byte[] next = java.util.Arrays.copyOf(prefix, last + 1);
        next[last]++;
        return next;
      }
    }
    return new byte[0];
  }

  /** A big-endian int inside a key. */
  public static int intAt(byte[] key, int offset) {
    return new ByteReader(key, offset, Integer.BYTES, "key").i32();
  }

  /** A big-endian long inside a key. */
  public static long longAt(byte[] key, int offset) {
    return new ByteReader(key, offset, Long.BYTES, "key").i64();
  }
}
