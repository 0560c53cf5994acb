package dev.engram.internal.format;

import dev.engram.Synapse.Tier;

/**
 * A row of {@code st_edges} or {@code lt_edges}, and the same value again in {@code rev_edges},
 * where the other end finds it.
 *
 * <pre>
 *   tier (1: 1 short-term, 2 long-term) | strength (8, float64) | created (8)
 *   strength set, last access (varints, milliseconds after created)
 *   cycle of the space when the strength was set, activations (varints) | relation (text)
 * </pre>
 */
public final class SynapseLayout {
  private static final int VERSION = 2;
  private static final int SHORT_TERM = 1;
  private static final int LONG_TERM = 2;

  private SynapseLayout() {}

  /**
   * An edge.
   *
   * @param weight its strength when that was set; what it is now, follows from time and cycles
   * @param sinceMillis when the strength was set
   * @param cycle of the space at that time
   * @param lastAccessed when it was last strengthened
   * @param activations times it was strengthened
   */
  public record Edge(
      Tier tier,
      double weight,
      long sinceMillis,
      long cycle,
      long createdAt,
      long lastAccessed,
      long activations,
      String relation) {}

  public static byte[] encode(byte[] key, Edge edge) {
    ByteWriter out = Frame.start(VERSION, 48 + edge.relation().length());
    out.u8(edge.tier() == Tier.SHORT_TERM ? SHORT_TERM : LONG_TERM);
    out.f64(edge.weight()).i64(edge.createdAt());
    // A clock that is set back cannot make something happen before it was made.
    out.varint(Math.max(0, edge.sinceMillis() - edge.createdAt()));
    out.varint(Math.max(0, edge.lastAccessed() - edge.createdAt()));
    out.varint(edge.cycle()).varint(edge.activations()).text(edge.relation());
    return Frame.seal(key, out);
  }

  public static Edge decode(byte[] key, byte[] value) {
    ByteReader in = Frame.open(key, value, VERSION, "synapse row");
    Tier tier = tier(in);
    double weight = in.f64();
    long createdAt = in.i64();
    long since = createdAt + in.varint();
    long lastAccessed = createdAt + in.varint();
    Edge edge =
        new Edge(tier, weight, since, in.varint(), createdAt, lastAccessed, in.varint(), in.text());
    in.end();
    return edge;
  }

  private static Tier tier(ByteReader in) {
    int code = in.u8();
    return switch (code) {
      case SHORT_TERM -> Tier.SHORT_TERM;
      case LONG_TERM -> Tier.LONG_TERM;
      default -> throw in.damaged("unknown tier=" + code);
    };
  }
}
