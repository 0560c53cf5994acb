package dev.engram.internal.engine;

import dev.engram.Forgetting;
import dev.engram.RecordId;
import dev.engram.internal.format.Keys;
import java.util.List;
import java.util.UUID;
import java.util.function.ToIntBiFunction;

/**
 * Brings back what was forgotten at one time: first the memories, then the synapses, for which both
 * ends must be there. Stopped half-way, it is gone on with by doing it again.
 */
final class Undo {
  private final Handle handle;
  private final UUID operation;
  private long looked;

  Undo(Handle handle, RecordId operation) {
    this.handle = handle;
    this.operation = handle.read(s -> new Tombstones(s, entry(s)).requireUndoable(operation));
  }

  long run() {
    long restored =
        inParts(Keys::tombstones, (tombstones, keys) -> tombstones.restore(operation, keys));
    long _ = inParts(Keys::cut, Tombstones::reconnect);
    long _ = inParts(Keys::pruned, (tombstones, keys) -> tombstones.restorePruned(operation, keys));
    boolean _ =
        handle.write(s -> {
          new Tombstones(s, entry(s)).mark(operation, Forgetting.State.UNDONE);
          return true;
        });
    return restored;
  }

  /** The rows of an operation, by their prefix. */
  private interface Rows {
    byte[] of(int space, UUID operation);
  }

  /** Each part is one commit. */
  private long inParts(Rows rows, ToIntBiFunction<Tombstones, List<byte[]>> work) {
    return handle.inParts(
        (s, after) -> {
          CatalogEntry space = entry(s);
          int batch = s.state(space).dynamics().batch();
          return new Tombstones(s, space).keys(rows.of(space.number(), operation), after, batch);
        },
        part -> {
          Handle.checkInterrupt("undo", looked);
          looked += part.size();
          return handle.write(s -> work.applyAsInt(new Tombstones(s, entry(s)), part));
        });
  }

  private CatalogEntry entry(Session session) {
    return session.space(handle.name());
  }
}
