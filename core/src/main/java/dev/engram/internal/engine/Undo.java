package dev.engram.internal.engine;

import dev.engram.Forgetting;
import dev.engram.RecordId;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;

/**
 * Brings back what was forgotten at one time: first the memories, then the synapses between them,
 * for which both must be there. Stopped half-way, it is gone on with by doing it again.
 */
final class Undo {
  private final Handle handle;
  private final UUID operation;
  private long restored;

  Undo(Handle handle, RecordId operation) {
    this.handle = handle;
    this.operation = handle.read(s -> new Tombstones(s, entry(s)).requireUndoable(operation));
  }

  long run() {
    inParts((tombstones, keys) -> restored += tombstones.restore(operation, keys).size());
    inParts((tombstones, keys) -> {
      int _ = tombstones.reconnect(keys);
    });
    boolean _ =
        handle.write(s -> {
          new Tombstones(s, entry(s)).mark(operation, Forgetting.State.UNDONE);
          return true;
        });
    return restored;
  }

  private void inParts(BiConsumer<Tombstones, List<byte[]>> work) {
    byte[] after = {};
    while (true) {
      byte[] from = after;
      List<byte[]> keys = handle.read(s -> keys(s, from));
      if (keys.isEmpty()) {
        return;
      }
      after = keys.getLast();
      boolean _ =
          handle.write(s -> {
            work.accept(new Tombstones(s, entry(s)), keys);
            return true;
          });
      Handle.checkInterrupt("undo", restored);
    }
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
