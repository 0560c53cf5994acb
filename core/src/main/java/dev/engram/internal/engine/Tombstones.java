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
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What policies made a space forget, as rows: one for each time, and one for each memory and each
 * synapse, by which it can be brought back. Works inside one transaction; not thread-safe.
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

  /** Begins a time of forgetting. */
  UUID begin() {
    Duration window = session.state(space).dynamics().undoWindow();
    UUID operation = session.store().newId(tx.now()).value();
    Forgetting.State state = window.isZero() ? Forgetting.State.ERASED : Forgetting.State.UNDOABLE;
    Instant at = Instant.ofEpochMilli(tx.now());
    put(new Forgetting(RecordId.of(operation), at, at.plus(window), 0, 0, 0, state));
    return operation;
  }

  /** Adds to what was forgotten. What was undone meanwhile can be undone again. */
  void add(UUID operation, long memories, long shortTerm, long longTerm) {
    Forgetting f = require(operation);
    boolean erased = f.state() == Forgetting.State.ERASED;
    put(
        new Forgetting(
            f.operation(),
            f.at(),
            f.undoUntil(),
            f.memories() + memories,
            f.shortTerm() + shortTerm,
            f.longTerm() + longTerm,
            erased ? f.state() : Forgetting.State.UNDOABLE));
  }

  /** Whether what is forgotten is kept, to be brought back. */
  boolean keeps(UUID operation) {
    return require(operation).state() != Forgetting.State.ERASED;
  }

  /** Keeps a memory that is going to be removed, and the synapses that go with it. */
  void bury(UUID operation, Stored memory, Concept concept, List<Found> synapses) {
    int node = memory.row().node();
    byte[] nodeKey = Keys.node(space.number(), node);
    byte[] vector = tx.get(Family.VECTORS, memory.key());
    Tombstone tombstone =
        new Tombstone(
            memory.key(),
            RecordLayout.encode(memory.key(), memory.row()),
            ConceptLayout.encode(nodeKey, concept),
            vector == null ? new byte[0] : vector,
            List.of());
    byte[] key = Keys.tombstone(space.number(), operation, node);
    tx.put(Family.FORGOTTEN, key, TombstoneLayout.encode(key, tombstone));
    synapses.forEach(each -> buryCut(operation, each));
  }

  private void buryCut(UUID operation, Found synapse) {
    byte[] key = Keys.cut(space.number(), operation, synapse.key());
    tx.put(Family.FORGOTTEN, key, SynapseLayout.encode(key, synapse.edge()));
  }

  /** Keeps a synapse that is going to be removed alone. */
  void buryPruned(UUID operation, Found synapse) {
    byte[] key = Keys.pruned(space.number(), operation, synapse.key());
    tx.put(Family.FORGOTTEN, key, SynapseLayout.encode(key, synapse.edge()));
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

  /**
   * Brings back some of the memories of one time, and lets their tombstones go: who is forgotten
   * again stays so. Their synapses are kept until every memory is there.
   *
   * @return how many were brought back
   */
  int restore(UUID operation, List<byte[]> keys) {
    int restored = 0;
    Nodes nodes = new Nodes(session, space);
    for (byte[] key : keys) {
      Tombstone tombstone = tombstone(key);
      if (tombstone != null) {
        boolean there = nodes.concept(nodeOf(key)) != null;
        boolean back = !there && restore(tombstone);
        if (there || back) {
          tombstone.synapses().forEach(each -> buryCut(operation, found(each)));
        }
        restored += back ? 1 : 0;
        tx.delete(Family.FORGOTTEN, key);
      }
    }
    add(operation, -restored, 0, 0);
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

  /** Brings back some of the synapses that went with memories, where both ends are there. */
  int reconnect(List<byte[]> keys) {
    ForgetScan.TierCounts counts = restoreSynapses(keys);
    return Math.toIntExact(counts.shortTerm + counts.longTerm);
  }

  /** Brings back some of the synapses that were pruned alone. */
  int restorePruned(UUID operation, List<byte[]> keys) {
    ForgetScan.TierCounts counts = restoreSynapses(keys);
    add(operation, 0, -counts.shortTerm, -counts.longTerm);
    return Math.toIntExact(counts.shortTerm + counts.longTerm);
  }

  private ForgetScan.TierCounts restoreSynapses(List<byte[]> keys) {
    Synapses synapses = new Synapses(session, space);
    List<UUID> heirs = undoable();
    ForgetScan.TierCounts restored = new ForgetScan.TierCounts();
    for (byte[] key : keys) {
      byte[] row = tx.get(Family.FORGOTTEN, key);
      if (row != null) {
        Found removed = new Found(Keys.edgeOfRemoved(key), SynapseLayout.decode(key, row));
        tx.delete(Family.FORGOTTEN, key);
        if (synapses.restore(removed)) {
          restored.add(removed.edge().tier());
        } else {
          handOn(removed, heirs);
        }
      }
    }
    return restored;
  }

  private List<UUID> undoable() {
    return all().stream()
        .filter(each -> each.state() != Forgetting.State.ERASED)
        .map(Tombstones::idOf)
        .toList();
  }

  /**
   * A synapse to a memory that was forgotten at another time comes back with that one, unless the
   * two were joined anew before that.
   */
  private void handOn(Found synapse, List<UUID> heirs) {
    for (UUID heir : heirs) {
      if (isBuried(heir, synapse.from()) || isBuried(heir, synapse.to())) {
        tx.rely(Family.FORGOTTEN, Keys.forgetting(space.number(), heir));
        if (tx.get(Family.FORGOTTEN, Keys.cut(space.number(), heir, synapse.key())) == null) {
          buryCut(heir, synapse);
        }
        return;
      }
    }
  }

  private boolean isBuried(UUID operation, int node) {
    return tx.get(Family.FORGOTTEN, Keys.tombstone(space.number(), operation, node)) != null;
  }

  /** The keys of some rows of {@code forgotten} under a prefix, after a key: of one commit. */
  List<byte[]> keys(byte[] prefix, byte[] after, int most) {
    List<byte[]> keys = new ArrayList<>();
    long[] bytes = {0};
    tx.scanAfter(
        Family.FORGOTTEN,
        after,
        prefix,
        (key, value) -> {
          keys.add(key);
          bytes[0] += value.length;
          return keys.size() < most && bytes[0] < Handle.BATCH_BYTES;
        });
    return keys;
  }

  /** The nodes at the ends of every synapse that went with a memory and can be brought back. */
  BitSet cutOff() {
    BitSet ends = new BitSet();
    byte[] prefix = Keys.cut(space.number());
    tx.scan(
        Family.FORGOTTEN,
        prefix,
        prefix,
        (key, value) -> {
          byte[] edge = Keys.edgeOfRemoved(key);
          ends.set(Keys.intAt(edge, 4));
          ends.set(Keys.intAt(edge, 8));
          return true;
        });
    return ends;
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

  /** Lets go for good what cannot be undone any more; of how many times. */
  long erase() {
    long erased = 0;
    for (Forgetting each : all()) {
      boolean due = tx.now() >= each.undoUntil().toEpochMilli();
      if (due && each.state() == Forgetting.State.UNDOABLE) {
        UUID operation = idOf(each);
        tx.deletePrefix(Family.FORGOTTEN, Keys.tombstones(space.number(), operation));
        tx.deletePrefix(Family.FORGOTTEN, Keys.pruned(space.number(), operation));
        tx.deletePrefix(Family.FORGOTTEN, Keys.cut(space.number(), operation));
        mark(operation, Forgetting.State.ERASED);
        erased++;
      }
    }
    return erased;
  }

  private static Found found(TombstoneLayout.Synapse kept) {
    return new Found(kept.key(), SynapseLayout.decode(kept.key(), kept.row()));
  }

  private @Nullable Tombstone tombstone(byte[] key) {
    byte[] row = tx.get(Family.FORGOTTEN, key);
    return row == null ? null : TombstoneLayout.decode(key, row);
  }

  private static int nodeOf(byte[] key) {
    return Keys.intAt(key, key.length - Integer.BYTES);
  }

  private static UUID idOf(Forgetting forgetting) {
    return ((RecordId.Uuid) forgetting.operation()).value();
  }

  private void put(Forgetting forgetting) {
    byte[] key = Keys.forgetting(space.number(), idOf(forgetting));
    tx.claim(Family.FORGOTTEN, key);
    tx.put(Family.FORGOTTEN, key, ForgettingLayout.encode(key, forgetting));
  }
}
