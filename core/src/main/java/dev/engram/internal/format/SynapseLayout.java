package dev.engram.internal.format;

/**
 * A row of {@code st_edges} or {@code lt_edges}.
 *
 * <pre>
 *   weight (8, float64) | created (8) | last access (8) | activations (varint) | relation (text)
 * </pre>
 */
public final class SynapseLayout {
  private static final int VERSION = 1;

  private SynapseLayout() {}

  /** An edge. */
  public record Edge(
      double weight, long createdAt, long lastAccessed, long activations, String relation) {}

  public static byte[] encode(byte[] key, Edge edge) {
    ByteWriter out = Frame.start(VERSION, 48);
    out.f64(edge.weight()).i64(edge.createdAt()).i64(edge.lastAccessed());
    return Frame.seal(key, out.varint(edge.activations()).text(edge.relation()));
  }

  public static Edge decode(byte[] key, byte[] value) {
    ByteReader in = Frame.open(key, value, VERSION, "synapse row");
    Edge edge = new Edge(in.f64(), in.i64(), in.i64(), in.varint(), in.text());
    in.end();
    return edge;
  }
}
