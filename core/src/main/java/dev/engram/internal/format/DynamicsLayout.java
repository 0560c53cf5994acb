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
 *   history time (varint, milliseconds), from version 2 on
 * </pre>
 */
public final class DynamicsLayout {
  private static final int VERSION = 2;
  private static final int WITHOUT_HISTORY = 1;

  private DynamicsLayout() {}

  public static byte[] encode(byte[] key, Dynamics d) {
    ByteWriter out = Frame.start(VERSION, 80);
    out.f64(d.learningRate()).f64(d.decayRate());
    out.f64(d.consolidationThreshold()).f64(d.importanceFloor());
    out.varint(d.shortTermLimit()).varint(d.batch()).varint(d.recallLimit());
    out.varint(d.workingMemoryLimit()).varint(d.consolidationInterval().toMillis());
    out.varint(d.workingMemoryTime().toMillis()).varint(d.importanceHalfLife().toMillis());
    out.varint(d.undoWindow().toMillis()).varint(d.historyTime().toMillis());
    return Frame.seal(key, out);
  }

  public static Dynamics decode(byte[] key, byte[] value) {
    boolean old = Frame.version(value) == WITHOUT_HISTORY;
    ByteReader in = Frame.open(key, value, old ? WITHOUT_HISTORY : VERSION, "dynamics");
    try {
      Dynamics first = read(in);
      Dynamics dynamics = old ? first : first.historyTime(Duration.ofMillis(in.varint()));
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
