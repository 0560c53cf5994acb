package dev.engram.internal.format;

import dev.engram.Dynamics;
import dev.engram.InvalidInputException;
import java.time.Duration;

/**
 * How a space learns and fades, in {@code meta}.
 *
 * <pre>
 *   learning rate, decay rate, consolidation threshold, importance floor (8 each, float64)
 *   short-term limit (varint) | batch, recall limit, working memory limit (varints)
 *   consolidation interval, working memory time, half-life of importance, undo window
 *   (varints, milliseconds)
 * </pre>
 */
public final class DynamicsLayout {
  private static final int VERSION = 1;

  private DynamicsLayout() {}

  public static byte[] encode(byte[] key, Dynamics d) {
    ByteWriter out = Frame.start(VERSION, 80);
    out.f64(d.learningRate()).f64(d.decayRate());
    out.f64(d.consolidationThreshold()).f64(d.importanceFloor());
    out.varint(d.shortTermLimit()).varint(d.batch()).varint(d.recallLimit());
    out.varint(d.workingMemoryLimit()).varint(d.consolidationInterval().toMillis());
    out.varint(d.workingMemoryTime().toMillis()).varint(d.importanceHalfLife().toMillis());
    return Frame.seal(key, out.varint(d.undoWindow().toMillis()));
  }

  public static Dynamics decode(byte[] key, byte[] value) {
    ByteReader in = Frame.open(key, value, VERSION, "dynamics");
    try {
      Dynamics dynamics = read(in);
      in.end();
      return dynamics;
    } catch (InvalidInputException e) {
      throw in.damaged(String.valueOf(e.getMessage()));
    }
  }

  private static Dynamics read(ByteReader in) {
    return Dynamics.standard()
        .learningRate(in.f64())
        .decayRate(in.f64())
        .consolidationThreshold(in.f64())
        .importanceFloor(in.f64())
        .shortTermLimit(in.varint())
        .batch((int) in.varint())
        .recallLimit((int) in.varint())
        .workingMemoryLimit((int) in.varint())
        .consolidationInterval(Duration.ofMillis(in.varint()))
        .workingMemoryTime(Duration.ofMillis(in.varint()))
        .importanceHalfLife(Duration.ofMillis(in.varint()))
        .undoWindow(Duration.ofMillis(in.varint()));
  }
}
