package dev.engram.internal.format;

import dev.engram.Forgetting;
import dev.engram.RecordId;
import java.time.Instant;
import java.util.List;

/**
 * A row of {@code forgotten}: one time that a policy made a space forget.
 *
 * <pre>
 *   state (1: 1 undoable, 2 undone, 3 erased) | at, undo until (8 each)
 *   memories, short-term synapses, long-term synapses (varints)
 * </pre>
 */
public final class ForgettingLayout {
  private static final int VERSION = 1;
  private static final List<Forgetting.State> STATES =
      List.of(Forgetting.State.UNDOABLE, Forgetting.State.UNDONE, Forgetting.State.ERASED);

  private ForgettingLayout() {}

  public static byte[] encode(byte[] key, Forgetting forgetting) {
    ByteWriter out = Frame.start(VERSION, 32);
    out.u8(STATES.indexOf(forgetting.state()) + 1);
    out.i64(forgetting.at().toEpochMilli()).i64(forgetting.undoUntil().toEpochMilli());
    out.varint(forgetting.memories()).varint(forgetting.shortTerm());
    return Frame.seal(key, out.varint(forgetting.longTerm()));
  }

  public static Forgetting decode(byte[] key, byte[] value) {
    ByteReader in = Frame.open(key, value, VERSION, "forgetting");
    int state = in.u8();
    if (state < 1 || state > STATES.size()) {
      throw in.damaged("unknown state=" + state);
    }
    RecordId operation = RecordId.of(new java.util.UUID(Keys.longAt(key, 5), Keys.longAt(key, 13)));
    Forgetting forgetting =
        new Forgetting(
            operation,
            Instant.ofEpochMilli(in.i64()),
            Instant.ofEpochMilli(in.i64()),
            in.varint(),
            in.varint(),
            in.varint(),
            STATES.get(state - 1));
    in.end();
    return forgetting;
  }
}
