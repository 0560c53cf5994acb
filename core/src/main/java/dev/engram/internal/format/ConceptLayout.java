package dev.engram.internal.format;

/**
 * A row of {@code concepts}: the state of a memory as a node of its space's graph.
 *
 * <pre>
 *   flags (1): 1 pinned | epoch (4) | ordinal (4) | last access (8) | access count (varint)
 *   importance (8, float64), importance set (8)
 * </pre>
 */
public final class ConceptLayout {
  private static final int VERSION = 2;
  private static final int PINNED = 1;

  private ConceptLayout() {}

  /**
   * A node: where its record is, and how it was used.
   *
   * @param importance when it was set, 0 to 1; what it is now, follows from the time
   * @param importanceSince when that was, milliseconds since the epoch
   * @param pinned whether it neither fades nor is forgotten by a policy
   */
  public record Concept(
      int epoch,
      int ordinal,
      long lastAccessed,
      long accessCount,
      double importance,
      long importanceSince,
      boolean pinned) {
    /** The same node, met again. */
    public Concept accessed(long nowMillis) {
      return accessed(nowMillis, 1);
    }

    /** The same node, met again some times, the last of them then; never earlier than before. */
    public Concept accessed(long millis, long times) {
      return new Concept(
          epoch,
          ordinal,
          Math.max(lastAccessed, millis),
          accessCount + times,
          importance,
          importanceSince,
          pinned);
    }

    /** The same node, whose record is elsewhere now. */
    public Concept at(int newEpoch, int newOrdinal) {
      return new Concept(
          newEpoch, newOrdinal, lastAccessed, accessCount, importance, importanceSince, pinned);
    }

    /** The same node, of this importance from now on. */
    public Concept important(double newImportance, long nowMillis) {
      return new Concept(
          epoch, ordinal, lastAccessed, accessCount, newImportance, nowMillis, pinned);
    }

    /** The same node, pinned or not. */
    public Concept pinned(boolean pin) {
      return new Concept(
          epoch, ordinal, lastAccessed, accessCount, importance, importanceSince, pin);
    }
  }

  public static byte[] encode(byte[] key, Concept concept) {
    ByteWriter out = Frame.start(VERSION, 40);
    out.u8(concept.pinned() ? PINNED : 0);
    out.i32(concept.epoch()).i32(concept.ordinal()).i64(concept.lastAccessed());
    out.varint(concept.accessCount()).f64(concept.importance()).i64(concept.importanceSince());
    return Frame.seal(key, out);
  }

  public static Concept decode(byte[] key, byte[] value) {
    ByteReader in = Frame.open(key, value, VERSION, "concept row");
    boolean pinned = (in.u8() & PINNED) != 0;
    Concept concept =
        new Concept(in.i32(), in.i32(), in.i64(), in.varint(), in.f64(), in.i64(), pinned);
    in.end();
    return concept;
  }
}
