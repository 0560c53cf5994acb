package dev.engram.internal.engine;

import dev.engram.InvalidInputException;
import dev.engram.Learning;
import dev.engram.Memory;
import dev.engram.NearDuplicates;
import dev.engram.RecordId;
import dev.engram.Synapse;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.engine.Synapses.Found;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * Memories that take the place of others, which are kept and hold no more. Works inside one
 * transaction; not thread-safe.
 */
final class Superseding {
  private static final Set<String> RELATIONS = Set.of(Synapse.SUPERSEDES, Synapse.DERIVED_FROM);

  private final Session session;
  private final CatalogEntry space;

  Superseding(Session session, CatalogEntry space) {
    this.session = session;
    this.space = space;
  }

  /** Whether what a synapse leads to may hold no more because of what it leads from. */
  static boolean isOne(Found synapse) {
    return RELATIONS.contains(synapse.edge().relation());
  }

  /**
   * Learns something in place of memories, which hold until then.
   *
   * @param relation of the synapse to each of them
   */
  Memory replace(Set<RecordId> olds, Learning learning, String relation) {
    Memories memories = new Memories(session);
    Learning plain = learning.onNearDuplicate(NearDuplicates.keep()).guardRecallLoop(false);
    Memory fresh = memories.learn(space.descriptor().name(), List.of(plain)).getFirst();
    if (olds.contains(fresh.id())) {
      throw new InvalidInputException(
          "invalid learning: id=" + fresh.id() + "; a memory cannot take its own place");
    }
    long from = learning.validFrom().map(Instant::toEpochMilli).orElse(session.tx().now());
    Relations relations = new Relations(session, space);
    Stored stored = memories.require(space, fresh.id());
    for (RecordId old : olds) {
      Memory _ = memories.endValidity(space, old, from);
      Stored ended = memories.require(space, old);
      relations.settle(stored, ended, relation);
      session.state(space).working().use(ended.row().node());
    }
    return fresh;
  }

  /** A memory is gone: what it took the place of holds no more because of nothing. */
  void gone(int node, List<Found> synapses) {
    MemoryNotes notes = new MemoryNotes(session, space);
    notes.remove(node);
    for (Found each : synapses) {
      if (each.from() == node && isOne(each)) {
        notes.supersederGone(each.to());
      }
    }
  }
}
