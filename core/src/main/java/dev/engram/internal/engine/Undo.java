package dev.engram.internal.engine;

import dev.engram.Forgetting;
import dev.engram.RecordId;
import java.util.List;
import java.util.UUID;
import java.util.function.ToIntBiFunction;

/**
 * Brings back what was forgotten at one time: first the memories, then the synapses between them,
 * for which both must be there. Stopped half-way, it is gone on with by doing it again.
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
    long restored = inParts((tombstones, keys) -> tombstones.restore(operation, keys));
    long _ = inParts(Tombstones::reconnect);
    boolean _ =
        handle.write(s -> {
          new Tombstones(s, entry(s)).mark(operation, Forgetting.State.UNDONE);
          return true;
        });
    return restored;
  }

  private long inParts(ToIntBiFunction<Tombstones, List<byte[]>> work) {
    return handle.inParts(
        this::keys,
        part -> {
          Handle.checkInterrupt("undo", looked);
          looked += part.size();
          return handle.write(s -> work.applyAsInt(new Tombstones(s, entry(s)), part));
        });
  }

  private List<byte[]> keys(Session s, byte[] after) {
    CatalogEntry space = entry(s);
    int batch = s.state(space).dynamics().batch();
    return new Tombstones(s, space).keys(operation, after, batch);
  }

  private CatalogEntry entry(Session session) {
    return session.space(handle.name());
  }
}
