package dev.engram.internal.format;

import java.util.ArrayList;
import java.util.List;

/**
 * A row of {@code forgotten}: a memory that a policy forgot, whole, so that it can be brought back.
 *
 * <pre>
 *   row of records, row of concepts (length and bytes each), as they were
 *   row of vectors (length and bytes; empty where it had none)
 *   synapses: count (varint), then key and row of each (length and bytes each); none are written
 *   any more: they have rows of their own
 * </pre>
 *
 * The rows inside are framed under their own keys; that of the record is needed to read two of them
 * and stands first (12 bytes).
 */
public final class TombstoneLayout {
  private static final int VERSION = 1;

  private TombstoneLayout() {}

  /**
   * A forgotten memory as rows.
   *
   * @param recordKey under which {@code record} and {@code vector} were framed
   * @param vector empty where it had none
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
  public record Tombstone(
      byte[] recordKey, byte[] record, byte[] concept, byte[] vector, List<Synapse> synapses) {}

  /** A synapse as it was. */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
  public record Synapse(byte[] key, byte[] row) {}

  public static byte[] encode(byte[] key, Tombstone tombstone) {
    ByteWriter out = Frame.start(VERSION, 256 + tombstone.vector().length);
    out.raw(tombstone.recordKey()).block(tombstone.record()).block(tombstone.concept());
    out.block(tombstone.vector()).varint(tombstone.synapses().size());
    tombstone.synapses().forEach(each -> out.block(each.key()).block(each.row()));
    return Frame.seal(key, out);
  }

  public static Tombstone decode(byte[] key, byte[] value) {
    ByteReader in = Frame.open(key, value, VERSION, "tombstone");
    byte[] recordKey = in.raw(Keys.RECORD_BYTES);
    byte[] record = in.block();
    byte[] concept = in.block();
    byte[] vector = in.block();
    List<Synapse> synapses = new ArrayList<>();
    for (long left = in.varint(); left > 0; left--) {
      synapses.add(new Synapse(in.block(), in.block()));
    }
    in.end();
    return new Tombstone(recordKey, record, concept, vector, synapses);
  }
}
