package dev.engram.internal.format;

/**
 * A row of {@code concepts}: the state of a memory as a node of its space's graph.
 *
 * <pre>
 *   epoch (4) | ordinal (4) | last access (8) | access count (varint)
 * </pre>
 */
public final class ConceptLayout {
  private static final int VERSION = 1;

  private ConceptLayout() {}

  /** A node: where its record is, and how it was used. */
  public record Concept(int epoch, int ordinal, long lastAccessed, long accessCount) {
    /** The same node, met again. */
    public Concept accessed(long nowMillis) {
      return new Concept(epoch, ordinal, nowMillis, accessCount + 1);
    }
  }

  public static byte[] encode(byte[] key, Concept concept) {
    ByteWriter out = Frame.start(VERSION, 26);
    out.i32(concept.epoch()).i32(concept.ordinal()).i64(concept.lastAccessed());
    return Frame.seal(key, out.varint(concept.accessCount()));
  }

  public static Concept decode(byte[] key, byte[] value) {
    ByteReader in = Frame.open(key, value, VERSION, "concept row");
    Concept concept = new Concept(in.i32(), in.i32(), in.i64(), in.varint());
    in.end();
    return concept;
  }
}
