package dev.engram.internal.engine;

import dev.engram.InvalidInputException;
import dev.engram.Limits;
import dev.engram.RecordId;
import dev.engram.Synapse;
import dev.engram.Synapse.Tier;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.format.ConceptLayout;
import dev.engram.internal.format.Digest;
import dev.engram.internal.format.EmptyRow;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.RecordLayout;
import dev.engram.internal.format.SynapseLayout;
import dev.engram.internal.format.SynapseLayout.Edge;
import dev.engram.internal.graph.Plasticity;
import dev.engram.internal.log.Family;
import dev.engram.spi.Change;
import dev.engram.spi.SynapseRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Synapses as rows: one under (from, to, relation) in the family of its tier, and one of {@code
 * rev_edges} under (to, from, relation), by which the other end finds it. Works inside one
 * transaction; not thread-safe.
 */
final class Synapses {
  private final Tx tx;

  Synapses(Session session) {

    this.tx = session.tx();
  }

  /** Makes or strengthens the synapse between two memories that are there. */
  Synapse associate(CatalogEntry space, Stored from, Stored to, String relation) {
    checkRelation(relation);
    if (from.row().node() == to.row().node()) {
      throw new InvalidInputException(
          "invalid synapse: differentEnds=1, needed=2; associate two different memories");
    }
    tx.rely(Family.CONFIG, space.key());
    tx.rely(Family.IDS, Records.idKey(space, from.row().id()));
    tx.rely(Family.IDS, Records.idKey(space, to.row().id()));
    byte[] key =
        Keys.edge(space.number(), from.row().node(), to.row().node(), Digest.longOf(relation));
    tx.claim(Family.SHORT_TERM, key);
    Tier tier = tx.get(Family.LONG_TERM, key) == null ? Tier.SHORT_TERM : Tier.LONG_TERM;
    Edge before = edge(tier, key);
    Edge after =
        before == null
            ? new Edge(Plasticity.INITIAL_WEIGHT, tx.now(), tx.now(), 0, relation)
            : new Edge(
                Plasticity.potentiate(before.weight(), Plasticity.LEARNING_RATE),
                before.createdAt(),
                tx.now(),
                before.activations() + 1,
                relation);
    write(key, tier, after);
    return synapse(from.row().id(), to.row().id(), tier, after);
  }

  /** The synapses that touch a memory, strongest first. */
  List<Synapse> of(CatalogEntry space, Stored memory) {
    List<Synapse> found = new ArrayList<>();
    forEach(
        space,
        memory.row().node(),
        (key, tier) -> {
          Edge edge = edge(tier, key);
          RecordId from = idOf(space, Keys.intAt(key, 4));
          RecordId to = idOf(space, Keys.intAt(key, 8));
          if (edge != null && from != null && to != null) {
            found.add(synapse(from, to, tier, edge));
          }
        });
    found.sort(
        Comparator.comparingDouble(Synapse::weight)
            .reversed()
            .thenComparing(s -> s.from().toString())
            .thenComparing(s -> s.to().toString())
            .thenComparing(Synapse::relation));
    return found;
  }

  /** Removes every synapse that touches a node. */
  void removeAll(CatalogEntry space, int node) {
    List<byte[]> keys = new ArrayList<>();
    List<Tier> tiers = new ArrayList<>();
    forEach(
        space,
        node,
        (key, tier) -> {
          keys.add(key);
          tiers.add(tier);
        });
    for (int i = 0; i < keys.size(); i++) {
      byte[] key = keys.get(i);
      tx.claim(Family.SHORT_TERM, key);
      tx.delete(family(tiers.get(i)), key);
      tx.delete(Family.REVERSE, reversed(key));
      tx.tell(
          new Change.SynapseRemoved(
              Keys.intAt(key, 0),
              Keys.intAt(key, 4),
              Keys.intAt(key, 8),
              Keys.longAt(key, 12),
              tiers.get(i)));
    }
  }

  /** A synapse's key and tier. */
  private interface EdgeVisitor {
    void visit(byte[] key, Tier tier);
  }

  private void forEach(CatalogEntry space, int node, EdgeVisitor visitor) {
    byte[] prefix = Keys.node(space.number(), node);
    for (Tier tier : Tier.values()) {
      tx.scan(
          family(tier),
          prefix,
          prefix,
          (key, value) -> {
            visitor.visit(key, tier);
            return true;
          });
    }
    tx.scan(
        Family.REVERSE,
        prefix,
        prefix,
        (key, value) -> {
          byte[] forward = reversed(key);
          Tier tier = tx.get(Family.LONG_TERM, forward) == null ? Tier.SHORT_TERM : Tier.LONG_TERM;
          visitor.visit(forward, tier);
          return true;
        });
  }

  private void write(byte[] key, Tier tier, Edge edge) {
    tx.put(family(tier), key, SynapseLayout.encode(key, edge));
    byte[] reverse = reversed(key);
    tx.put(Family.REVERSE, reverse, EmptyRow.encode(reverse));
    tx.tell(
        new Change.SynapsePut(
            new SynapseRow(
                Keys.intAt(key, 0),
                Keys.intAt(key, 4),
                Keys.intAt(key, 8),
                edge.relation(),
                Keys.longAt(key, 12),
                tier,
                edge.weight(),
                edge.activations(),
                edge.createdAt(),
                edge.lastAccessed())));
  }

  private @Nullable Edge edge(Tier tier, byte[] key) {
    byte[] value = tx.get(family(tier), key);
    return value == null ? null : SynapseLayout.decode(key, value);
  }

  private @Nullable RecordId idOf(CatalogEntry space, int node) {
    byte[] key = Keys.node(space.number(), node);
    byte[] value = tx.get(Family.CONCEPTS, key);
    if (value == null) {
      return null;
    }
    ConceptLayout.Concept concept = ConceptLayout.decode(key, value);
    byte[] recordKey = Keys.record(space.number(), concept.epoch(), concept.ordinal());
    byte[] row = tx.get(Family.RECORDS, recordKey);
    if (row == null) {
      return null;
    }
    RecordLayout.Row record = RecordLayout.decode(recordKey, row);
    return record.visibleAt(tx.now()) ? record.id() : null;
  }

  private static Synapse synapse(RecordId from, RecordId to, Tier tier, Edge edge) {
    return new Synapse(
        from,
        to,
        edge.relation(),
        tier,
        edge.weight(),
        edge.activations(),
        Instant.ofEpochMilli(edge.createdAt()),
        Instant.ofEpochMilli(edge.lastAccessed()));
  }

  private static byte[] reversed(byte[] key) {
    return Keys.edge(
        Keys.intAt(key, 0), Keys.intAt(key, 8), Keys.intAt(key, 4), Keys.longAt(key, 12));
  }

  private static Family family(Tier tier) {
    return tier == Tier.SHORT_TERM ? Family.SHORT_TERM : Family.LONG_TERM;
  }

  private static void checkRelation(String relation) {
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
