package dev.engram.internal.format;

import dev.engram.RecordId;
import java.util.ArrayList;
import java.util.List;

/**
 * A row of {@code operations}: a recall, until nothing can be said of it any more.
 *
 * <pre>
 *   state (1: 0 nothing said, 1 it did not help, 2 it helped) | at (8) | score (8, float64)
 *   memories found: count (varint), {@link IdLayout} each
 * </pre>
 */
public final class OperationLayout {
  private static final int VERSION = 1;
  private static final int UNSAID = 0;
  private static final int FAILED = 1;
  private static final int HELPED = 2;

  private OperationLayout() {}

  /**
   * A recall.
   *
   * @param said whether feedback was given
   * @param helped whether it ever said that it helped
   */
  public record Operation(
      long at, List<RecordId> found, boolean said, boolean helped, double score) {
    /** With what was said of it. */
    public Operation with(boolean success, double newScore) {
      return new Operation(at, found, true, helped || success, newScore);
    }
  }

  public static byte[] encode(byte[] key, Operation operation) {
    ByteWriter out = Frame.start(VERSION, 32 + 20 * operation.found().size());
    out.u8(operation.said() ? (operation.helped() ? HELPED : FAILED) : UNSAID);
    out.i64(operation.at()).f64(operation.score()).varint(operation.found().size());
    operation.found().forEach(id -> IdLayout.write(out, id));
    return Frame.seal(key, out);
  }

  public static Operation decode(byte[] key, byte[] value) {
    ByteReader in = Frame.open(key, value, VERSION, "operation");
    int state = in.u8();
    long at = in.i64();
    double score = in.f64();
    List<RecordId> found = new ArrayList<>();
    for (long left = in.varint(); left > 0; left--) {
      found.add(IdLayout.read(in));
    }
    in.end();
    return new Operation(at, found, state != UNSAID, state == HELPED, score);
  }
}
