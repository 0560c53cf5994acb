package dev.engram.internal.engine;

import dev.engram.Forgetting;
import dev.engram.NotFoundException;
import dev.engram.RecordId;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.engine.Synapses.Found;
import dev.engram.internal.format.ConceptLayout;
import dev.engram.internal.format.ConceptLayout.Concept;
import dev.engram.internal.format.ForgettingLayout;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.RecordLayout;
import dev.engram.internal.format.RecordLayout.Row;
import dev.engram.internal.format.SynapseLayout;
import dev.engram.internal.format.TombstoneLayout;
import dev.engram.internal.format.TombstoneLayout.Tombstone;
import dev.engram.internal.format.VectorLayout;
import dev.engram.internal.log.Family;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What policies made a space forget, as rows: one for each time, and one for each memory, by which
 * it can be brought back. Works inside one transaction; not thread-safe.
 */
final class Tombstones {
  private final Session session;
  private final CatalogEntry space;
  private final Tx tx;

  Tombstones(Session session, CatalogEntry space) {
    this.session = session;
    this.space = space;
    this.tx = session.tx();
  }

  /** A time of forgetting that has begun. */
  record Begun(UUID operation, boolean undoable) {}

  Begun begin() {
    Duration window = session.state(space).dynamics().undoWindow();
    UUID operation = session.store().newId(tx.now()).value();
    Forgetting.State state = window.isZero() ? Forgetting.State.ERASED : Forgetting.State.UNDOABLE;
    Instant at = Instant.ofEpochMilli(tx.now());
    put(new Forgetting(RecordId.of(operation), at, at.plus(window), 0, 0, 0, state));
    return new Begun(operation, !window.isZero());
  }

  /** Adds to what was forgotten. */
  void add(Begun begun, long memories, long shortTerm, long longTerm) {
    Forgetting f = require(begun.operation());
    put(
        new Forgetting(
            f.operation(),
            f.at(),
            f.undoUntil(),
            f.memories() + memories,
            f.shortTerm() + shortTerm,
            f.longTerm() + longTerm,
            f.state()));
  }

  /** Keeps a memory that is going to be removed. */
  void bury(Begun begun, Stored memory, Concept concept, List<Found> synapses) {
    if (!begun.undoable()) {
      return;
    }
    int node = memory.row().node();
    byte[] nodeKey = Keys.node(space.number(), node);
    byte[] vector = tx.get(Family.VECTORS, memory.key());
    Tombstone tombstone =
        new Tombstone(
            memory.key(),
            RecordLayout.encode(memory.key(), memory.row()),
            ConceptLayout.encode(nodeKey, concept),
            vector == null ? new byte[0] : vector,
            synapses.stream().map(Tombstones::kept).toList());
    byte[] key = Keys.tombstone(space.number(), begun.operation(), node);
    tx.put(Family.FORGOTTEN, key, TombstoneLayout.encode(key, tombstone));
  }

  private static TombstoneLayout.Synapse kept(Found synapse) {
    return new TombstoneLayout.Synapse(
        synapse.key(), SynapseLayout.encode(synapse.key(), synapse.edge()));
  }

  /** Every time, the last one first. */
  List<Forgetting> all() {
    List<Forgetting> all = new ArrayList<>();
    byte[] prefix = Keys.forgettings(space.number());
    tx.scan(
        Family.FORGOTTEN,
        prefix,
        prefix,
        (key, value) -> {
          all.add(ForgettingLayout.decode(key, value));
          return true;
        });
    all.sort(Comparator.comparing(Forgetting::at).reversed());
    return all;
  }

  Forgetting require(UUID operation) {
    byte[] key = Keys.forgetting(space.number(), operation);
    byte[] row = tx.get(Family.FORGOTTEN, key);
    if (row == null) {
      throw new NotFoundException(
          "nothing was forgotten under this id: operation=" + operation + "; list the forgettings");
    }
    return ForgettingLayout.decode(key, row);
  }

  /** The time of an operation that can be undone. */
  UUID requireUndoable(RecordId operation) {
    if (!(operation instanceof RecordId.Uuid uuid)) {
      throw new NotFoundException(
          "nothing was forgotten under this id: operation=" + operation + "; list the forgettings");
    }
    Forgetting forgetting = require(uuid.value());
    boolean late = tx.now() >= forgetting.undoUntil().toEpochMilli();
    if (forgetting.state() == Forgetting.State.ERASED || late) {
      throw new NotFoundException(
          "it cannot be undone any more: operation="
              + operation
              + ", undoUntil="
              + forgetting.undoUntil());
    }
    return uuid.value();
  }

  /** Brings back some of the memories of one time, without synapses; returns how many. */
  int restore(UUID operation, List<byte[]> keys) {
    int restored = 0;
    Nodes nodes = new Nodes(session, space);
    for (byte[] key : keys) {
      Tombstone tombstone = tombstone(key);
      if (tombstone != null && nodes.concept(nodeOf(key)) == null && restore(tombstone)) {
        restored++;
      }
    }
    add(new Begun(operation, true), -restored, 0, 0);
    return restored;
  }

  private boolean restore(Tombstone tombstone) {
    Row row = RecordLayout.decode(tombstone.recordKey(), tombstone.record());
    byte[] nodeKey = Keys.node(space.number(), row.node());
    Concept concept = ConceptLayout.decode(nodeKey, tombstone.concept());
    boolean taken = tx.get(Family.IDS, Records.idKey(space, row.id())) != null;
    if (taken || !row.visibleAt(tx.now())) {
      return false;
    }
    float[] vector =
        tombstone.vector().length == 0
            ? null
            : VectorLayout.decode(tombstone.recordKey(), tombstone.vector());
    new Memories(session).restore(space, row.since(tx.now()), vector, concept);
    return true;
  }

  /** Brings back the synapses of memories that are there again, and lets the tombstones go. */
  int reconnect(List<byte[]> keys) {
    Synapses synapses = new Synapses(session, space);
    Nodes nodes = new Nodes(session, space);
    int count = 0;
    for (byte[] key : keys) {
      Tombstone tombstone = tombstone(key);
      if (tombstone != null && nodes.concept(nodeOf(key)) != null) {
        for (TombstoneLayout.Synapse each : tombstone.synapses()) {
          Found found = new Found(each.key(), SynapseLayout.decode(each.key(), each.row()));
          boolean ends = nodes.concept(found.from()) != null && nodes.concept(found.to()) != null;
          if (ends && synapses.find(each.key()) == null) {
            synapses.restore(found);
            count++;
          }
        }
      }
      tx.delete(Family.FORGOTTEN, key);
    }
    return count;
  }

  /** The keys of some tombstones of one time, after a key. */
  List<byte[]> keys(UUID operation, byte[] after, int most) {
    List<byte[]> keys = new ArrayList<>();
    tx.scanAfter(
        Family.FORGOTTEN,
        after,
        Keys.tombstones(space.number(), operation),
        (key, value) -> {
          keys.add(key);
          return keys.size() < most;
        });
    return keys;
  }

  /** What has become of one time. */
  void mark(UUID operation, Forgetting.State state) {
    Forgetting f = require(operation);
    put(
        new Forgetting(
            f.operation(),
            f.at(),
            f.undoUntil(),
            f.memories(),
            f.shortTerm(),
            f.longTerm(),
            state));
  }

  /** Lets go for good what cannot be undone any more. */
  void erase() {
    for (Forgetting each : all()) {
      boolean due = tx.now() >= each.undoUntil().toEpochMilli();
      if (due && each.state() == Forgetting.State.UNDOABLE) {
        UUID operation = ((RecordId.Uuid) each.operation()).value();
        tx.deletePrefix(Family.FORGOTTEN, Keys.tombstones(space.number(), operation));
        mark(operation, Forgetting.State.ERASED);
      }
    }
  }

  private @Nullable Tombstone tombstone(byte[] key) {
    byte[] row = tx.get(Family.FORGOTTEN, key);
    return row == null ? null : TombstoneLayout.decode(key, row);
  }

  private static int nodeOf(byte[] key) {
    return Keys.intAt(key, key.length - Integer.BYTES);
  }

  private void put(Forgetting forgetting) {
    UUID operation = ((RecordId.Uuid) forgetting.operation()).value();
    byte[] key = Keys.forgetting(space.number(), operation);
    tx.claim(Family.FORGOTTEN, key);
    tx.put(Family.FORGOTTEN, key, ForgettingLayout.encode(key, forgetting));
  }
}
