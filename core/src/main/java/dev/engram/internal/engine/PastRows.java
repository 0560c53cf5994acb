package dev.engram.internal.engine;

import dev.engram.RecordId;
import dev.engram.Synapse;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.engine.Synapses.Found;
import dev.engram.internal.format.ConceptLayout.Concept;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.RecordLayout;
import dev.engram.internal.format.RecordLayout.Row;
import dev.engram.internal.format.SynapseLayout.Edge;
import dev.engram.internal.log.Family;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a space had on record at a moment: of each memory the version of then, and the synapses
 * between them. Works inside one transaction; not thread-safe.
 */
final class PastRows {
  private final Session session;
  private final CatalogEntry space;
  private final Tx tx;
  private final Records records;
  private final Nodes nodes;
  private final long at;

  /**
   * @param at milliseconds since the epoch
   */
  PastRows(Session session, CatalogEntry space, long at) {
    this.session = session;
    this.space = space;
    this.tx = session.tx();
    this.records = new Records(session);
    this.nodes = new Nodes(session, space);
    this.at = at;
  }

  /**
   * Where a version of a memory is.
   *
   * @param since when it was on record, milliseconds since the epoch
   * @param family of the row: that of records, or of what they said before
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
  record Place(int node, long since, Family family, byte[] key) {
    /** Of two that overlap, as the clock was set back, the one that came later. */
    Place or(Place other) {
      return other.since > since ? other : this;
    }
  }

  /** A memory of then. */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
  record Past(Row row, float @Nullable [] vector, @Nullable Concept concept) {}

  /** Every memory of then, in the order of learning. */
  List<Place> memories() {
    Map<RecordId, Place> found = new HashMap<>();
    byte[] rows = Keys.epoch(space.number(), space.epoch());
    tx.scan(
        Family.RECORDS,
        rows,
        rows,
        (key, value) -> {
          Row row = RecordLayout.decode(key, value);
          if (row.updatedAt() <= at && isSeen(row)) {
            add(found, row, Family.RECORDS, key);
          }
          return true;
        });
    new History(session, space)
        .forEach(version -> {
          if (version.wasOnRecordAt(at) && isSeen(version.row())) {
            add(found, version.row(), Family.HISTORY, version.key());
          }
        });
    return found.values().stream().sorted(Comparator.comparingInt(Place::node)).toList();
  }

  private static void add(Map<RecordId, Place> found, Row row, Family family, byte[] key) {
    found.merge(row.id(), new Place(row.node(), row.updatedAt(), family, key), Place::or);
  }

  /** What has expired by now is gone, whether it was swept already or not. */
  private boolean isSeen(Row row) {
    return row.visibleAt(tx.now()) && row.visibleAt(at);
  }

  /** The memory of a place; its node as it is now, which is none where it was forgotten since. */
  Past read(Place place) {
    byte[] value = Objects.requireNonNull(tx.get(place.family, place.key));
    Row row = RecordLayout.decode(place.key, value);
    boolean same = place.family == Family.RECORDS;
    float[] vector = same ? records.vector(new Stored(place.key, row)) : null;
    return new Past(row, vector, nodes.concept(place.node));
  }

  /**
   * The synapses of then, as strong as they are now; those that are gone, as they were last.
   *
   * @param ends the nodes of the memories of then
   */
  List<Found> synapses(BitSet ends) {
    List<Found> found = new ArrayList<>();
    Synapses synapses = new Synapses(session, space);
    Synapses.Visitor add =
        synapse -> {
          boolean joins = ends.get(synapse.from()) && ends.get(synapse.to());
          if (joins && synapse.edge().createdAt() <= at) {
            found.add(new Found(synapse.key(), asThen(synapse.edge(), synapses.weight(synapse))));
          }
        };
    synapses.forEach(add);
    new History(session, space).forEachUnlinkedAfter(at, add);
    return found;
  }

  private Edge asThen(Edge edge, double weight) {
    return new Edge(
        edge.tier(),
        Math.max(weight, Synapse.LEAST_STRENGTH), // seen, though it has faded away since
        at,
        0,
        edge.createdAt(),
        Math.min(edge.lastAccessed(), at),
        edge.activations(),
        edge.relation());
  }
}
