package dev.engram.internal.format;

/**
 * How far the jobs of a space are, in {@code meta}.
 *
 * <pre>
 *   cycles of sleep (varint) | last sleep, last consolidation (8 each, 0 for never)
 *   short-term synapses that the last consolidation left (varint)
 *   where an interrupted consolidation goes on (length and bytes; empty where none is)
 * </pre>
 */
public final class RhythmLayout {
  private static final int VERSION = 1;

  /** Before the first sleep. */
  public static final Rhythm BEGINNING = new Rhythm(0, 0, 0, 0, new byte[0]);

  private RhythmLayout() {}

  /**
   * The state of a space's jobs.
   *
   * @param cycle how often it has slept
   * @param lastSleep milliseconds since the epoch, 0 for never
   * @param lastConsolidation when one was finished; milliseconds since the epoch, 0 for never
   * @param shortTermLeft short-term synapses that there were then
   * @param consolidated the key of the last short-term synapse that a consolidation under way has
   *     looked at; empty where none is under way
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
  public record Rhythm(
      long cycle, long lastSleep, long lastConsolidation, long shortTermLeft, byte[] consolidated) {
    /** One more cycle. */
    public Rhythm slept(long nowMillis) {
      return new Rhythm(cycle + 1, nowMillis, lastConsolidation, shortTermLeft, consolidated);
    }

    /** A consolidation has come so far. */
    public Rhythm consolidatedTo(byte[] key) {
      return new Rhythm(cycle, lastSleep, lastConsolidation, shortTermLeft, key);
    }

    /** A consolidation is finished. */
    public Rhythm consolidatedAll(long nowMillis, long left) {
      return new Rhythm(cycle, lastSleep, nowMillis, left, new byte[0]);
    }
  }

  public static byte[] encode(byte[] key, Rhythm rhythm) {
    ByteWriter out = Frame.start(VERSION, 48);
    out.varint(rhythm.cycle()).i64(rhythm.lastSleep()).i64(rhythm.lastConsolidation());
    out.varint(rhythm.shortTermLeft());
    return Frame.seal(key, out.block(rhythm.consolidated()));
  }

  public static Rhythm decode(byte[] key, byte[] value) {
    ByteReader in = Frame.open(key, value, VERSION, "rhythm");
    Rhythm rhythm = new Rhythm(in.varint(), in.i64(), in.i64(), in.varint(), in.block());
    in.end();
    return rhythm;
  }
}
