package dev.engram.internal.engine;

import dev.engram.CollectionInfo.Kind;
import dev.engram.Import;
import dev.engram.InvalidInputException;
import dev.engram.RecordId;
import dev.engram.Synapse.Tier;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.engine.Synapses.Found;
import dev.engram.internal.format.ConceptLayout.Concept;
import dev.engram.internal.format.CounterKind;
import dev.engram.internal.format.RecordLayout.Row;
import dev.engram.internal.format.SynapseLayout.Edge;
import dev.engram.internal.format.Times;
import dev.engram.internal.log.Family;
import dev.engram.internal.transfer.TransferStore;
import dev.engram.internal.vector.VectorCheck;
import dev.engram.spi.TransferItem.Dates;
import dev.engram.spi.TransferItem.Entry;
import dev.engram.spi.TransferItem.Life;
import dev.engram.spi.TransferItem.Link;
import dev.engram.spi.TransferItem.Node;
import dev.engram.spi.TransferItem.Section;
import dev.engram.spi.TransferItem.Use;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A collection or space that is imported into, as the import says. Not thread-safe. */
final class TransferPlace implements TransferStore.Place {
  private final Handle handle;
  private final Section section;
  private final Import how;

  TransferPlace(Handle handle, Section section, Import how) {
    this.handle = handle;
    this.section = section;
    this.how = how;
  }

  @Override
  public int put(List<Entry> entries) {
    return handle.write(s -> {
      CatalogEntry target = target(s);
      readAhead(s, target, entries);
      int stored = 0;
      for (Entry entry : entries) {
        stored += put(s, target, entry) ? 1 : 0;
      }
      return stored;
    });
  }

  private CatalogEntry target(Session s) {
    return section.kind() == Kind.SPACE ? s.space(handle.name()) : s.collection(handle.name());
  }

  private static void readAhead(Session s, CatalogEntry target, List<Entry> entries) {
    if (entries.size() > 1) {
      s.tx()
          .readAhead(
              Family.IDS,
              entries.stream()
                  .flatMap(entry -> entry.id().stream())
                  .map(id -> Records.idKey(target, id))
                  .toList());
    }
  }

  private boolean put(Session s, CatalogEntry target, Entry entry) {
    Dates dates = entry.dates();
    long now = s.tx().now();
    if (dates.expires().isPresent() && dates.expires().get().toEpochMilli() <= now) {
      return false;
    }
    if (target.isSpace()) {
      putMemory(s, target, entry);
    } else {
      putRecord(s, target, entry);
    }
    return true;
  }

  private void putRecord(Session s, CatalogEntry target, Entry entry) {
    RecordId id = entry.id().orElse(null);
    if (id == null) {
      throw new InvalidInputException("field=id: a record must have one");
    }
    float[] vector = entry.vector().orElse(null);
    if (vector != null) {
      VectorCheck.check(vector, target.descriptor().dimension(), target.descriptor().metric());
    }
    entry.text().ifPresent(Records::checkText);
    Records records = new Records(s);
    Stored old = records.load(target, Records.idKey(target, id));
    if (old != null) {
      records.delete(target, old);
    }
    Row row = row(s, target, entry, id, Records.NO_NODE, vector != null);
    Stored _ = records.restore(target, row, vector);
  }

  private void putMemory(Session s, CatalogEntry space, Entry entry) {
    Memories.checkText(
        entry
            .text()
            .orElseThrow(() -> new InvalidInputException("field=text: a memory must have one")));
    float[] vector = vector(space, entry);
    RecordId id = entry.id().orElseGet(() -> s.store().newId(s.tx().now()));
    Memories memories = new Memories(s);
    Stored old = new Records(s).load(space, Records.idKey(space, id));
    if (old != null) {
      memories.erase(space, old);
    }
    int node = s.store().nodes().take(space.number());
    s.tx().raise(space.number(), CounterKind.NODES, node + 1L);
    Row row = row(s, space, entry, id, node, vector != null);
    memories.restore(space, row, vector, concept(s, entry.node().orElse(Node.NEW)));
  }

  private float @Nullable [] vector(CatalogEntry space, Entry entry) {
    float[] vector = how.vectors() ? entry.vector().orElse(null) : null;
    if (vector != null && section.embedder().isEmpty()) {
      throw new InvalidInputException(
          "field=vector: a space makes its own vectors; import without them, or into a"
              + " --collection");
    }
    if (vector != null) {
      VectorCheck.check(vector, space.descriptor().dimension(), space.descriptor().metric());
    }
    return vector;
  }

  private Row row(
      Session s, CatalogEntry target, Entry entry, RecordId id, int node, boolean vector) {
    Dates dates = entry.dates();
    long created = millis(dates.created(), s.tx().now());
    boolean timeToLive = dates.expires().isEmpty() && (section.version() == 0 || how.isAnew());
    long expires =
        timeToLive
            ? new Records(s).expiry(target, null, null)
            : dates.expires().map(Instant::toEpochMilli).orElse(0L);
    return new Row(
        id,
        created,
        millis(dates.updated(), created),
        expires,
        node,
        times(dates, node),
        entry.text().orElse(null),
        vector,
        node == Records.NO_NODE ? null : entry.provenance().orElse(null),
        entry.metadata());
  }

  private static Times times(Dates dates, int node) {
    return node == Records.NO_NODE
        ? Times.NONE
        : new Times(
            millis(dates.occurred(), Times.UNKNOWN),
            millis(dates.validFrom(), Times.UNKNOWN),
            millis(dates.validUntil(), Times.UNKNOWN));
  }

  private static Concept concept(Session s, Node node) {
    long now = s.tx().now();
    return new Concept(
        0,
        0,
        millis(node.lastAccessed(), now),
        node.accessCount(),
        node.importance(),
        millis(node.importanceSince(), now),
        node.pinned());
  }

  private static long millis(Optional<Instant> instant, long otherwise) {
    return instant.map(Instant::toEpochMilli).orElse(otherwise);
  }

  @Override
  public int link(List<Link> links) {
    if (section.kind() != Kind.SPACE) {
      throw new InvalidInputException("field=from: a collection has no synapses");
    }
    return handle.write(s -> {
      CatalogEntry space = target(s);
      s.tx().rely(Family.CONFIG, space.key());
      Synapses synapses = new Synapses(s, space);
      List<Found> found = found(s, space, synapses, links);
      synapses.readAhead(found.stream().map(Found::key).toList());
      int stored = 0;
      for (Found each : found) {
        stored += put(synapses, each) ? 1 : 0;
      }
      return stored;
    });
  }

  /** The synapses whose memories are both there, in the order of the links. */
  private List<Found> found(Session s, CatalogEntry space, Synapses synapses, List<Link> links) {
    Memories memories = new Memories(s);
    memories.readAhead(
        space,
        links.stream().flatMap(link -> Stream.of(link.from(), link.to())).distinct().toList());
    List<Found> found = new ArrayList<>(links.size());
    for (Link link : links) {
      Associations.checkRelation(link.relation());
      Stored from = memories.find(space, link.from());
      Stored to = memories.find(space, link.to());
      if (from != null && to != null) {
        byte[] key = synapses.key(from, to, link.relation());
        found.add(new Found(key, edge(s, space, link)));
      }
    }
    return found;
  }

  private static boolean put(Synapses synapses, Found link) {
    Found known = synapses.find(link.key());
    if (known != null) {
      synapses.remove(known);
    }
    return synapses.restore(link);
  }

  /** A strength that was set some cycles ago was so here, too. */
  private Edge edge(Session s, CatalogEntry space, Link link) {
    long now = s.tx().now();
    long cycle = s.state(space).rhythm().cycle();
    Use use = link.use().orElse(null);
    if (use == null) {
      return new Edge(Tier.SHORT_TERM, link.strength(), now, cycle, now, now, 0, link.relation());
    }
    long passed = section.life().map(Life::cycle).orElse(use.cycle()) - use.cycle();
    return new Edge(
        use.tier(),
        link.strength(),
        use.strengthSince().toEpochMilli(),
        cycle - passed,
        use.createdAt().toEpochMilli(),
        use.lastAccessed().toEpochMilli(),
        use.activations(),
        link.relation());
  }
}
