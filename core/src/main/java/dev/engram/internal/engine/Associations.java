package dev.engram.internal.engine;

import dev.engram.Association;
import dev.engram.Dynamics;
import dev.engram.InvalidInputException;
import dev.engram.Limits;
import dev.engram.RecordId;
import dev.engram.Synapse;
import dev.engram.Synapse.Tier;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.engine.Synapses.Found;
import dev.engram.internal.graph.Plasticity;
import dev.engram.internal.log.Family;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * How using memories together changes the synapses between them. Works inside one transaction; not
 * thread-safe.
 */
final class Associations {
  /** What winners learn faster than usual by. */
  private static final double WINNING = 1.5;

  /** What losers fade faster than in a cycle of sleep by. */
  private static final double LOSING = 2;

  /** What a synapse keeps of its strength when it becomes changeable again. */
  private static final double RECONSOLIDATED = .9;

  private final Tx tx;
  private final CatalogEntry space;
  private final Synapses synapses;
  private final WorkingSet working;
  private final Dynamics dynamics;
  private final Memories memories;

  Associations(Session session, CatalogEntry space) {
    SpaceState state = session.state(space);
    this.tx = session.tx();
    this.space = space;
    this.synapses = new Synapses(session, space);
    this.working = state.working();
    this.dynamics = state.dynamics();
    this.memories = new Memories(session);
  }

  /** Makes or strengthens synapses between memories that are there, in their order. */
  List<Synapse> associate(List<Association> associations) {
    tx.rely(Family.CONFIG, space.key());
    associations.forEach(a -> checkRelation(a.relation()));
    Map<RecordId, Stored> ends = ends(associations);
    List<byte[]> keys = new ArrayList<>(associations.size());
    for (Association each : associations) {
      keys.add(key(each, ends));
    }
    if (keys.size() > 1) {
      synapses.readAhead(keys);
    }
    List<Synapse> made = new ArrayList<>(associations.size());
    for (int i = 0; i < keys.size(); i++) {
      Association each = associations.get(i);
      Found synapse = associate(keys.get(i), each);
      working.use(synapse.from());
      working.use(synapse.to());
      made.add(synapses.synapse(each.from(), each.to(), synapse));
    }
    return made;
  }

  private Found associate(byte[] key, Association each) {
    Found known = synapses.find(key);
    return known == null
        ? synapses.make(key, each.relation(), each.strength())
        : synapses.strengthen(known, dynamics.learningRate());
  }

  private Map<RecordId, Stored> ends(List<Association> associations) {
    Set<RecordId> ids = new LinkedHashSet<>();
    for (Association each : associations) {
      ids.add(each.from());
      ids.add(each.to());
    }
    Map<RecordId, Stored> found = memories.requireAll(space, ids);
    found.values().forEach(this::relyOn);
    return found;
  }

  /** A memory that is removed meanwhile must not be joined. */
  private void relyOn(Stored memory) {
    tx.rely(Family.IDS, Records.idKey(space, memory.row().id()));
  }

  private byte[] key(Association each, Map<RecordId, Stored> ends) {
    return synapses.key(end(ends, each.from()), end(ends, each.to()), each.relation());
  }

  private static Stored end(Map<RecordId, Stored> ends, RecordId id) {
    Stored stored = ends.get(id);
    if (stored == null) {
      throw new IllegalStateException("an end was not looked up");
    }
    return stored;
  }

  /**
   * A memory was used: it is counted, held in working memory, and its synapses are strengthened.
   */
  void access(Stored memory) {
    int node = memory.row().node();
    memories.countAccess(space, memory);
    working.use(node);
    for (Found each : touching(List.of(memory))) {
      Found _ = synapses.strengthen(each, dynamics.learningRate());
    }
  }

  /**
   * What fires together, wires together: strengthens the synapses between each two of the memories,
   * in both directions, and makes those that are missing. Weak ones gain more than strong ones.
   *
   * @return synapses made or strengthened
   */
  int hebbian(List<Stored> fired) {
    tx.rely(Family.CONFIG, space.key());
    int changed = 0;
    fired.forEach(this::relyOn);
    for (Stored from : fired) {
      for (Stored to : fired) {
        if (from.row().node() != to.row().node()) {
          wire(synapses.key(from.row().node(), to.row().node(), Synapse.RELATED));
          changed++;
        }
      }
      working.use(from.row().node());
    }
    return changed;
  }

  private void wire(byte[] key) {
    Found known = synapses.find(key);
    if (known == null) {
      Found _ = synapses.make(key, Synapse.RELATED, Synapse.INITIAL_STRENGTH);
    } else {
      double rate = Plasticity.adaptive(dynamics.learningRate(), synapses.weight(known));
      Found _ = synapses.strengthen(known, Math.min(1, rate));
    }
  }

  /**
   * Strengthens what touches the winners, then weakens what touches the losers.
   *
   * @return synapses changed; one between a winner and a loser counts twice
   */
  int compete(List<Stored> winners, List<Stored> losers) {
    List<Found> won = touching(winners);
    for (Found each : won) {
      Found _ = synapses.strengthen(each, Math.min(1, WINNING * dynamics.learningRate()));
    }
    List<Found> lost = touching(losers);
    for (Found each : lost) {
      synapses.weaken(each, Math.min(1, LOSING * dynamics.decayRate()));
    }
    return won.size() + lost.size();
  }

  /**
   * Memories helped together: the synapses between them are strengthened, and each is counted.
   *
   * @param share of the learning rate, 0 to 1
   */
  void reinforce(List<Stored> helpful, double share) {
    double rate = share * dynamics.learningRate();
    Set<Integer> nodes = new LinkedHashSet<>();
    for (Stored each : helpful) {
      nodes.add(each.row().node());
      memories.countAccess(space, each);
    }
    int _ = replay(nodes, _ -> rate);
  }

  /** Makes the long-term synapses of memories changeable again; returns how many. */
  int reconsolidate(List<Stored> recalled) {
    int moved = 0;
    for (Found each : touching(recalled)) {
      if (each.edge().tier() == Tier.LONG_TERM) {
        Found _ = synapses.move(each, RECONSOLIDATED);
        moved++;
      }
    }
    return moved;
  }

  /**
   * Strengthens the synapses between memories that are both held.
   *
   * @param rate by tier
   * @return how many
   */
  int replay(Set<Integer> held, ToDoubleFunction<Tier> rate) {
    List<Found> between =
        unique(held).stream()
            .filter(each -> held.contains(each.from()) && held.contains(each.to()))
            .toList();
    for (Found each : between) {
      double own = Math.min(1, rate.applyAsDouble(each.edge().tier()));
      Found _ = synapses.strengthen(each, own);
    }
    return between.size();
  }

  /** What touches some memories. */
  private List<Found> touching(List<Stored> touched) {
    return unique(touched.stream().map(each -> each.row().node()).toList());
  }

  /** Each synapse once, whichever of its ends it was found from. */
  private List<Found> unique(Collection<Integer> nodes) {
    Map<ByteBuffer, Found> found = new LinkedHashMap<>();
    for (int node : nodes) {
      synapses.of(node).forEach(each -> found.put(ByteBuffer.wrap(each.key()), each));
    }
    return List.copyOf(found.values());
  }

  static void checkRelation(String relation) {
    long bytes = Limits.utf8Bytes("relation", relation);
    if (relation.isBlank() || bytes > Limits.MAX_NAME_BYTES) {
      throw new InvalidInputException(
          "invalid relation: bytes="
              + bytes
              + ", allowed=1.."
              + Limits.MAX_NAME_BYTES
              + ", not blank");
    }
  }
}
