package dev.engram.internal.format;

import dev.engram.AutoRelation;
import dev.engram.Dynamics;
import dev.engram.InvalidInputException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * How a space learns and fades, in {@code meta}.
 *
 * <pre>
 *   learning rate, decay rate, consolidation threshold, importance floor (8 each, float64)
 *   short-term limit (varint) | batch, recall limit, working memory limit (varints)
 *   consolidation interval, working memory time, half-life of importance, undo window
 *   (varints, milliseconds)
 *   history time (varint, milliseconds)
 *   what learning does (1): 1 recall loops are recognised, 2 similar, 4 temporal, 8 hierarchy,
 *   16 session
 * </pre>
 *
 * This is version 2. Version 1 ends with the undo window; of the rest the standard holds there.
 */
public final class DynamicsLayout {
  private static final int VERSION = 2;
  private static final int LOOP_GUARD = 1;
  private static final List<AutoRelation> RELATIONS =
      List.of(
          AutoRelation.SIMILAR,
          AutoRelation.TEMPORAL,
          AutoRelation.HIERARCHY,
          AutoRelation.SESSION);

  private DynamicsLayout() {}

  public static byte[] encode(byte[] key, Dynamics d) {
    ByteWriter out = Frame.start(VERSION, 80);
    out.f64(d.learningRate()).f64(d.decayRate());
    out.f64(d.consolidationThreshold()).f64(d.importanceFloor());
    out.varint(d.shortTermLimit()).varint(d.batch()).varint(d.recallLimit());
    out.varint(d.workingMemoryLimit()).varint(d.consolidationInterval().toMillis());
    out.varint(d.workingMemoryTime().toMillis()).varint(d.importanceHalfLife().toMillis());
    out.varint(d.undoWindow().toMillis()).varint(d.historyTime().toMillis());
    return Frame.seal(key, out.u8(learning(d)));
  }

  public static Dynamics decode(byte[] key, byte[] value) {
    boolean first = Frame.version(value) == 1;
    ByteReader in = Frame.open(key, value, first ? 1 : VERSION, "dynamics");
    try {
      Dynamics dynamics = read(in);
      if (!first) {
        dynamics = learning(dynamics.historyTime(Duration.ofMillis(in.varint())), in);
      }
      in.end();
      return dynamics;
    } catch (InvalidInputException e) {
      throw in.damaged(String.valueOf(e.getMessage()));
    }
  }

  private static int learning(Dynamics d) {
    int flags = d.recallLoopGuard() ? LOOP_GUARD : 0;
    for (int i = 0; i < RELATIONS.size(); i++) {
      flags |= d.relations().contains(RELATIONS.get(i)) ? 2 << i : 0;
    }
    return flags;
  }

  private static Dynamics learning(Dynamics d, ByteReader in) {
    int flags = in.u8();
    if (flags >= 2 << RELATIONS.size()) {
      throw in.damaged("unknown learning=" + flags);
    }
    Set<AutoRelation> relations = EnumSet.noneOf(AutoRelation.class);
    for (int i = 0; i < RELATIONS.size(); i++) {
      if ((flags & 2 << i) != 0) {
        relations.add(RELATIONS.get(i));
      }
    }
    return d.recallLoopGuard((flags & LOOP_GUARD) != 0).relations(relations);
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
