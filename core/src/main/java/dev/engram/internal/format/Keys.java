package dev.engram.internal.format;

import java.util.UUID;

/**
 * The keys of every family of rows. Fixed-width and big-endian, so that rows lie in numeric order;
 * only internal numbers and digests, never user text.
 */
public final class Keys {
  /** Bytes of {@link #record}. */
  public static final int RECORD_BYTES = 12;

  private static final int VERSION_UNTIL = 5 + Digest.KEY_BYTES;

  /** {@code forgotten}: one time. */
  public static final int FORGETTING_KIND = 1;

  /** {@code forgotten}: a memory. */
  public static final int TOMBSTONE_KIND = 2;

  /** {@code forgotten}: a synapse that went alone. */
  public static final int PRUNED_KIND = 3;

  /** {@code forgotten}: a synapse of a memory. */
  public static final int CUT_KIND = 4;

  /** {@code history}: what a memory said until some time. */
  public static final int VERSION_KIND = 1;

  /** {@code history}: a version by the time it ended at. */
  public static final int VERSION_AGE_KIND = 2;

  /** {@code history}: a synapse that went. */
  public static final int UNLINKED_KIND = 3;

  /** {@code history}: from when on it is whole. */
  public static final int HISTORY_START_KIND = 4;

  private static final int EDGE_BYTES = 20;

  private static final int COUNTER_KIND = 2;
  private static final int DYNAMICS_KIND = 3;
  private static final int RHYTHM_KIND = 4;
  private static final int SCHEMA_KIND = 5;
  private static final int PATTERN_KIND = 6;
  private static final int NOTE_KIND = 7;
  private static final int HOLD_KIND = 8;
  private static final int DESCRIPTOR_KIND = 1;
  private static final int NAME_KIND = 2;
  private static final int AUDIT_HEAD_KIND = 1;
  private static final int AUDIT_ANCHOR_KIND = 2;
  private static final int AUDIT_ENTRY_KIND = 3;
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

  /** {@code audit}: where the chain ends. */
  public static byte[] auditHead() {
    return new byte[] {AUDIT_HEAD_KIND};
  }

  /** {@code audit}: behind which entry it begins. */
  public static byte[] auditAnchor() {
    return new byte[] {AUDIT_ANCHOR_KIND};
  }

  /** {@code audit}: an entry by its sequence number. */
  public static byte[] auditEntry(long sequence) {
    return new ByteWriter(9).u8(AUDIT_ENTRY_KIND).i64(sequence).toBytes();
  }

  /** {@code meta}: all counters. */
  public static byte[] counters() {
    return new byte[] {COUNTER_KIND};
  }

  /** Whether a key of {@code meta} is that of a counter. */
  public static boolean isCounter(byte[] key) {
    return key.length == 6 && key[0] == COUNTER_KIND;
  }

  /** {@code meta}: how a space learns and fades, where it was told. */
  public static byte[] dynamics(int space) {
    return new ByteWriter(5).u8(DYNAMICS_KIND).i32(space).toBytes();
  }

  /** {@code meta}: how often a space has slept, and how far its jobs are. */
  public static byte[] rhythm(int space) {
    return new ByteWriter(5).u8(RHYTHM_KIND).i32(space).toBytes();
  }

  /** {@code meta}: how far a consolidation of a space's schemas is. */
  public static byte[] schemas(int space) {
    return new ByteWriter(5).u8(SCHEMA_KIND).i32(space).toBytes();
  }

  /** {@code meta}: some of the patterns that a consolidation of schemas found strong. */
  public static byte[] patterns(int space, int part) {
    return new ByteWriter(9).raw(patterns(space)).i32(part).toBytes();
  }

  /** {@code meta}: all of them. */
  public static byte[] patterns(int space) {
    return new ByteWriter(5).u8(PATTERN_KIND).i32(space).toBytes();
  }

  /** {@code meta}: what is noted of a memory for an audit. */
  public static byte[] note(int space, int node) {
    return new ByteWriter(9).u8(NOTE_KIND).i32(space).i32(node).toBytes();
  }

  /** {@code meta}: every note of a space. */
  public static byte[] notes(int space) {
    return new ByteWriter(5).u8(NOTE_KIND).i32(space).toBytes();
  }

  /** {@code meta}: up to which commit a place that copies the log has it. */
  public static byte[] hold(int kind, String id) {
    return new ByteWriter(18).u8(HOLD_KIND).u8(kind).raw(Digest.of(id)).toBytes();
  }

  /** {@code meta}: of all such places. */
  public static byte[] holds() {
    return new byte[] {HOLD_KIND};
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
    return new ByteWriter(EDGE_BYTES).i32(space).i32(from).i32(to).i64(relationKey).toBytes();
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

  /** {@code forgotten}: a synapse that was pruned alone. */
  public static byte[] pruned(int space, UUID operation, byte[] edge) {
    return forgotten(space, PRUNED_KIND, operation).raw(edge, 4, EDGE_BYTES - 4).toBytes();
  }

  /** {@code forgotten}: every synapse that was pruned alone at one time. */
  public static byte[] pruned(int space, UUID operation) {
    return forgotten(space, PRUNED_KIND, operation).toBytes();
  }

  /** {@code forgotten}: a synapse that went with a memory. */
  public static byte[] cut(int space, UUID operation, byte[] edge) {
    return forgotten(space, CUT_KIND, operation).raw(edge, 4, EDGE_BYTES - 4).toBytes();
  }

  /** {@code forgotten}: every synapse that went with a memory at one time. */
  public static byte[] cut(int space, UUID operation) {
    return forgotten(space, CUT_KIND, operation).toBytes();
  }

  /** {@code forgotten}: every synapse that went with a memory. */
  public static byte[] cut(int space) {
    return new ByteWriter(5).i32(space).u8(CUT_KIND).toBytes();
  }

  /** The key that a synapse of {@link #pruned}, {@link #cut} or {@link #unlinked} had before. */
  public static byte[] edgeOfRemoved(byte[] key) {
    int ends = key.length - (EDGE_BYTES - 4);
    return new ByteWriter(EDGE_BYTES).raw(key, 0, 4).raw(key, ends, EDGE_BYTES - 4).toBytes();
  }

  /** What a key of {@code forgotten} or {@code history} is of. */
  public static int kindWithin(byte[] key) {
    return key[4];
  }

  private static ByteWriter forgotten(int space, int kind, UUID operation) {
    ByteWriter out = new ByteWriter(37).i32(space).u8(kind);
    return out.i64(operation.getMostSignificantBits()).i64(operation.getLeastSignificantBits());
  }

  /** {@code history}: what a memory said until then; milliseconds since the epoch. */
  public static byte[] version(int space, byte[] idDigest, long until) {
    return historyOf(space, VERSION_KIND, 29).raw(idDigest).i64(until).toBytes();
  }

  /** {@code history}: all that a memory said before. */
  public static byte[] versions(int space, byte[] idDigest) {
    return historyOf(space, VERSION_KIND, 21).raw(idDigest).toBytes();
  }

  /** {@code history}: all that all memories said before. */
  public static byte[] versions(int space) {
    return historyOf(space, VERSION_KIND, 5).toBytes();
  }

  /** When the version of a key ended, milliseconds since the epoch. */
  public static long versionUntil(byte[] versionKey) {
    return longAt(versionKey, VERSION_UNTIL);
  }

  /** {@code history}: a version by the time it ended at. */
  public static byte[] versionAge(byte[] versionKey) {
    ByteWriter out = historyOf(intAt(versionKey, 0), VERSION_AGE_KIND, versionKey.length);
    out.i64(versionUntil(versionKey));
    return out.raw(versionKey, 5, Digest.KEY_BYTES).toBytes();
  }

  /** {@code history}: all versions by the time they ended at. */
  public static byte[] versionAges(int space) {
    return historyOf(space, VERSION_AGE_KIND, 5).toBytes();
  }

  /** The version that a row by time stands for. */
  public static byte[] versionOfAge(byte[] ageKey) {
    ByteWriter out = historyOf(intAt(ageKey, 0), VERSION_KIND, ageKey.length);
    return out.raw(ageKey, 13, Digest.KEY_BYTES).raw(ageKey, 5, Long.BYTES).toBytes();
  }

  /** {@code history}: a synapse that went then; ordered by time. */
  public static byte[] unlinked(long atMillis, byte[] edgeKey) {
    ByteWriter out = historyOf(intAt(edgeKey, 0), UNLINKED_KIND, 29).i64(atMillis);
    return out.raw(edgeKey, 4, EDGE_BYTES - 4).toBytes();
  }

  /** {@code history}: every synapse that went. */
  public static byte[] unlinked(int space) {
    return historyOf(space, UNLINKED_KIND, 5).toBytes();
  }

  /** When the synapse of a key went, or the version of a row by time ended. */
  public static long historyTime(byte[] key) {
    return longAt(key, 5);
  }

  /** {@code history}: from when on a space's history is whole. */
  public static byte[] historyStart(int space) {
    return historyOf(space, HISTORY_START_KIND, 5).toBytes();
  }

  private static ByteWriter historyOf(int space, int kind, int bytes) {
    return new ByteWriter(bytes).i32(space).u8(kind);
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
