package dev.engram.internal.engine;

import dev.engram.InvalidInputException;
import dev.engram.RecordId;
import dev.engram.Synapse;
import dev.engram.Synapse.Tier;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.format.CounterKind;
import dev.engram.internal.format.Digest;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.SynapseLayout;
import dev.engram.internal.format.SynapseLayout.Edge;
import dev.engram.internal.graph.Moment;
import dev.engram.internal.graph.Strength;
import dev.engram.internal.log.Family;
import dev.engram.spi.Change;
import dev.engram.spi.SynapseRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Synapses as rows: one under (from, to, relation) in the family of its tier, and the same of
 * {@code rev_edges} under (to, from, relation), where the other end finds it. Those that have faded
 * away are there until a job drops them, and are not seen. Works inside one transaction; not
 * thread-safe.
 */
final class Synapses {
  private final Tx tx;
  private final CatalogEntry space;
  private final Nodes nodes;
  private final Moment now;
  private final History history;

  Synapses(Session session, CatalogEntry space) {
    this.tx = session.tx();
    this.space = space;
    this.nodes = new Nodes(session, space);
    this.now = session.state(space).now();
    this.history = new History(session, space);
  }

  /** A synapse as it is stored. */
  record Found(byte[] key, Edge edge) {
    int from() {
      return Keys.intAt(key, 4);
    }

    int to() {
      return Keys.intAt(key, 8);
    }

    Strength strength() {
      return new Strength(edge.weight(), edge.sinceMillis(), edge.cycle());
    }
  }

  /** Visits synapses. */
  interface Visitor {
    void visit(Found synapse);
  }

  /**
   * The key of the synapse between two memories.
   *
   * @throws InvalidInputException where they are the same
   */
  byte[] key(Stored from, Stored to, String relation) {
    if (from.row().node() == to.row().node()) {
      throw new InvalidInputException(
          "invalid synapse: differentEnds=1, needed=2; associate two different memories");
    }
    return key(from.row().node(), to.row().node(), relation);
  }

  byte[] key(int from, int to, String relation) {
    return Keys.edge(space.number(), from, to, Digest.longOf(relation));
  }

  /** The synapse of a key, faded away or not; null where there is none. */
  @Nullable Found find(byte[] key) {
    // The row of the other end is the same whichever its tier: one question instead of two.
    byte[] reverse = reversed(key);
    byte[] row = tx.get(Family.REVERSE, reverse);
    return row == null ? null : new Found(key, SynapseLayout.decode(reverse, row));
  }

  /** Reads ahead what {@link #find} will be asked for. */
  void readAhead(List<byte[]> keys) {
    tx.readAhead(Family.REVERSE, keys.stream().map(Synapses::reversed).toList());
  }

  /** What a synapse's strength is now; 0 where it has faded away. */
  double weight(Found synapse) {
    return synapse.strength().at(now, synapse.edge().tier());
  }

  /** Makes a short-term synapse. */
  Found make(byte[] key, String relation, double strength) {
    Edge edge =
        new Edge(Tier.SHORT_TERM, strength, tx.now(), now.cycle(), tx.now(), tx.now(), 0, relation);
    tx.adjust(space.number(), CounterKind.SHORT_TERM, 1);
    return add(key, edge);
  }

  /** Who removes one of its memories meanwhile, and has not seen it, begins again. */
  private Found add(byte[] key, Edge edge) {
    tx.extend(Family.REVERSE, Keys.node(space.number(), Keys.intAt(key, 4)));
    tx.extend(Family.REVERSE, Keys.node(space.number(), Keys.intAt(key, 8)));
    return write(key, edge);
  }

  /** Makes a long-term synapse of full strength, for what is no matter of use. */
  Found settle(byte[] key, String relation) {
    Edge edge = new Edge(Tier.LONG_TERM, 1, tx.now(), now.cycle(), tx.now(), tx.now(), 0, relation);
    tx.adjust(space.number(), CounterKind.LONG_TERM, 1);
    return add(key, edge);
  }

  /**
   * Brings back a synapse that was removed, as it was, unless a memory is gone that it joined, or
   * it was made anew.
   */
  boolean restore(Found removed) {
    boolean ends = nodes.concept(removed.from()) != null && nodes.concept(removed.to()) != null;
    Found known = find(removed.key());
    if (!ends || (known != null && weight(known) > 0)) {
      return false;
    }
    if (known != null) {
      remove(known);
    }
    relyOn(removed.from());
    relyOn(removed.to());
    tx.adjust(space.number(), counter(removed.edge().tier()), 1);
    Found _ = add(removed.key(), removed.edge());
    return true;
  }

  /** A memory that is removed meanwhile must not be joined. */
  private void relyOn(int node) {
    tx.rely(Family.CONCEPTS, Keys.node(space.number(), node));
  }

  /** Strengthens a synapse; one that has faded away is made anew. */
  Found strengthen(Found synapse, double rate) {
    if (weight(synapse) == 0) {
      remove(synapse);
      return make(synapse.key(), synapse.edge().relation(), Synapse.INITIAL_STRENGTH);
    }
    Edge old = synapse.edge();
    Strength strength = synapse.strength().potentiated(now, old.tier(), rate);
    return write(synapse.key(), edge(old, old.tier(), strength, tx.now(), old.activations() + 1));
  }

  /** Weakens a synapse; what is too weak then, goes. */
  void weaken(Found synapse, double rate) {
    Edge old = synapse.edge();
    Strength strength = synapse.strength().depressed(now, old.tier(), rate);
    if (strength.weight() == 0) {
      remove(synapse);
    } else {
      Found _ =
          write(
              synapse.key(),
              edge(old, old.tier(), strength, old.lastAccessed(), old.activations()));
    }
  }

  /**
   * Moves a synapse to the other tier.
   *
   * @param share of its strength that it keeps
   */
  Found move(Found synapse, double share) {
    Edge old = synapse.edge();
    Tier tier = old.tier() == Tier.SHORT_TERM ? Tier.LONG_TERM : Tier.SHORT_TERM;
    Strength kept = synapse.strength().moved(now, old.tier());
    Strength strength = new Strength(kept.weight() * share, kept.sinceMillis(), kept.cycle());
    drop(synapse);
    tx.adjust(space.number(), counter(tier), 1);
    return write(synapse.key(), edge(old, tier, strength, old.lastAccessed(), old.activations()));
  }

  void remove(Found synapse) {
    history.unlinked(synapse);
    drop(synapse);
    tx.delete(Family.REVERSE, reversed(synapse.key()));
  }

  /** Visits every synapse of the space, faded away or not. */
  void forEach(Visitor visitor) {
    byte[] prefix = Keys.collection(space.number());
    for (Tier tier : Tier.values()) {
      forEach(family(tier), prefix, visitor);
    }
  }

  private void forEach(Family family, byte[] prefix, Visitor visitor) {
    tx.scan(
        family,
        prefix,
        prefix,
        (key, value) -> {
          visitor.visit(new Found(key, SynapseLayout.decode(key, value)));
          return true;
        });
  }

  /** Visits every synapse that touches a node, faded away or not. */
  void forEach(int node, Visitor visitor) {
    byte[] prefix = Keys.node(space.number(), node);
    for (Tier tier : Tier.values()) {
      forEach(family(tier), prefix, visitor);
    }
    tx.scan(
        Family.REVERSE,
        prefix,
        prefix,
        (key, value) -> {
          visitor.visit(new Found(reversed(key), SynapseLayout.decode(key, value)));
          return true;
        });
  }

  /** The short-term synapses that touch a node, counted up to a limit. */
  int countShortTerm(int node, int limit) {
    int[] count = {0};
    byte[] prefix = Keys.node(space.number(), node);
    for (Family family : new Family[] {Family.SHORT_TERM, Family.REVERSE}) {
      tx.scan(
          family,
          prefix,
          prefix,
          (key, value) -> {
            Tier tier = SynapseLayout.decode(key, value).tier();
            count[0] += tier == Tier.SHORT_TERM ? 1 : 0;
            return count[0] < limit;
          });
    }
    return count[0];
  }

  /** The synapses that touch a node and have not faded away. */
  List<Found> of(int node) {
    List<Found> found = new ArrayList<>();
    forEach(
        node,
        synapse -> {
          if (weight(synapse) > 0) {
            found.add(synapse);
          }
        });
    return found;
  }

  /** The synapses that touch a memory, strongest first. */
  List<Synapse> of(Stored memory) {
    List<Synapse> found = new ArrayList<>();
    for (Found each : of(memory.row().node())) {
      RecordId from = nodes.id(each.from());
      RecordId to = nodes.id(each.to());
      if (from != null && to != null) {
        found.add(synapse(from, to, each));
      }
    }
    found.sort(
        Comparator.comparingDouble(Synapse::weight)
            .reversed()
            .thenComparing(s -> s.from().toString())
            .thenComparing(s -> s.to().toString())
            .thenComparing(Synapse::relation));
    return found;
  }

  /** Removes every synapse that touches a node, whose memory is removed; returns them. */
  List<Found> removeAll(int node) {
    tx.rely(Family.REVERSE, Keys.node(space.number(), node));
    List<Found> all = new ArrayList<>();
    forEach(node, all::add);
    all.forEach(this::remove);
    return all;
  }

  /** A synapse as users see it. */
  Synapse synapse(RecordId from, RecordId to, Found found) {
    Edge edge = found.edge();
    return new Synapse(
        from,
        to,
        edge.relation(),
        edge.tier(),
        weight(found),
        edge.activations(),
        Instant.ofEpochMilli(edge.createdAt()),
        Instant.ofEpochMilli(edge.lastAccessed()));
  }

  private static Edge edge(
      Edge old, Tier tier, Strength strength, long lastAccessed, long activations) {
    return new Edge(
        tier,
        strength.weight(),
        strength.sinceMillis(),
        strength.cycle(),
        old.createdAt(),
        lastAccessed,
        activations,
        old.relation());
  }

  /** Every change claims its synapse, whichever tier that is in. */
  private Found write(byte[] key, Edge edge) {
    tx.rely(Family.CONFIG, space.key());
    tx.claim(Family.SHORT_TERM, key);
    tx.put(family(edge.tier()), key, SynapseLayout.encode(key, edge));
    byte[] reverse = reversed(key);
    tx.put(Family.REVERSE, reverse, SynapseLayout.encode(reverse, edge));
    tx.tell(
        new Change.SynapsePut(
            new SynapseRow(
                Keys.intAt(key, 0),
                Keys.intAt(key, 4),
                Keys.intAt(key, 8),
                edge.relation(),
                Keys.longAt(key, 12),
                edge.tier(),
                edge.weight(),
                edge.activations(),
                edge.createdAt(),
                edge.lastAccessed())));
    return new Found(key, edge);
  }

  /** The row of the tier goes; that of the other end stays. */
  private void drop(Found synapse) {
    byte[] key = synapse.key();
    Tier tier = synapse.edge().tier();
    tx.claim(Family.SHORT_TERM, key);
    tx.delete(family(tier), key);
    tx.adjust(space.number(), counter(tier), -1);
    tx.tell(
        new Change.SynapseRemoved(
            Keys.intAt(key, 0),
            Keys.intAt(key, 4),
            Keys.intAt(key, 8),
            Keys.longAt(key, 12),
            tier));
  }

  static byte[] reversed(byte[] key) {
    return Keys.edge(
        Keys.intAt(key, 0), Keys.intAt(key, 8), Keys.intAt(key, 4), Keys.longAt(key, 12));
  }

  static Family family(Tier tier) {
    return tier == Tier.SHORT_TERM ? Family.SHORT_TERM : Family.LONG_TERM;
  }

  private static int counter(Tier tier) {
    return tier == Tier.SHORT_TERM ? CounterKind.SHORT_TERM : CounterKind.LONG_TERM;
  }
}
