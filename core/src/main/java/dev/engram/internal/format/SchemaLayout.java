package dev.engram.internal.format;

/**
 * How far a consolidation of schemas under way is, in {@code meta}.
 *
 * <pre>
 *   run (8) | synapses looked at (varint)
 *   where it goes on (length and bytes; empty before the first synapse is strengthened)
 * </pre>
 */
public final class SchemaLayout {
  private static final int VERSION = 1;

  private SchemaLayout() {}

  /**
   * A consolidation of schemas under way.
   *
   * @param run by which it is told from others
   * @param seen synapses that it has looked at, those of which it only counted included
   * @param reached the key of the last long-term synapse that it has strengthened, or passed over
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
  public record Run(long run, long seen, byte[] reached) {
    /** It has looked at more. */
    public Run to(byte[] key, int more) {
      return new Run(run, seen + more, key);
    }
  }

  public static byte[] encode(byte[] key, Run run) {
    ByteWriter out = Frame.start(VERSION, 48);
    return Frame.seal(key, out.i64(run.run()).varint(run.seen()).block(run.reached()));
  }

  public static Run decode(byte[] key, byte[] value) {
    ByteReader in = Frame.open(key, value, VERSION, "schema row");
    Run run = new Run(in.i64(), in.varint(), in.block());
    in.end();
    return run;
  }
}
