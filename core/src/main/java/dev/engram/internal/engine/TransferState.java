package dev.engram.internal.engine;

import dev.engram.CollectionConfig;
import dev.engram.CommitId;
import dev.engram.Export;
import dev.engram.RecordId;
import dev.engram.Synapse.Tier;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.engine.Synapses.Found;
import dev.engram.internal.format.ConceptLayout.Concept;
import dev.engram.internal.format.CounterKind;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.RecordLayout;
import dev.engram.internal.format.RecordLayout.Row;
import dev.engram.internal.format.SynapseLayout;
import dev.engram.internal.format.SynapseLayout.Edge;
import dev.engram.internal.log.Family;
import dev.engram.internal.parallel.InOrder;
import dev.engram.internal.transfer.TransferStore;
import dev.engram.spi.TransferItem;
import dev.engram.spi.TransferItem.Dates;
import dev.engram.spi.TransferItem.Entry;
import dev.engram.spi.TransferItem.Life;
import dev.engram.spi.TransferItem.Link;
import dev.engram.spi.TransferItem.Node;
import dev.engram.spi.TransferItem.Section;
import dev.engram.spi.TransferItem.Use;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What an export asks of one state of a store. Reads rows in parts, so that a slow receiver holds
 * up nobody else. Not thread-safe.
 */
final class TransferState implements TransferStore.State {
  private static final int PART_ROWS = 1_000;
  private static final long PART_BYTES = 4L << 20;

  private final Session session;
  private final OpenStore store;
  private final Export what;
  private final @Nullable Changes changes;

  /**
   * @param session closed with this
   * @param changes the only rows that are asked for; null for all
   */
  TransferState(Session session, OpenStore store, Export what, @Nullable Changes changes) {
    this.session = session;
    this.store = store;
    this.what = what;
    this.changes = changes;
  }

  @Override
  public CommitId commit() {
    CommitId seen = session.tx().sees();
    // One that a power cut takes back has a successor of the same number.
    return new CommitId(seen.timeline(), Math.min(seen.lsn(), store.log().durableLsn()));
  }

  @Override
  public List<Section> sections(Optional<String> name) {
    if (name.isPresent()) {
      CatalogEntry entry = session.find(name.get());
      if (entry == null) {
        throw Session.notFound(name.get());
      }
      return List.of(section(entry));
    }
    return store.catalogState().all().stream()
        .flatMap(entry -> Optional.ofNullable(session.find(entry.descriptor().name())).stream())
        .map(this::section)
        .sorted(Comparator.comparing(Section::name))
        .toList();
  }

  private Section section(CatalogEntry entry) {
    CollectionConfig config = store.describe(entry, 0).config();
    Optional<Life> life = Optional.empty();
    if (entry.isSpace()) {
      SpaceState state = session.state(entry);
      life = Optional.of(new Life(state.dynamics(), state.rhythm().cycle()));
    }
    return new Section(
        TransferItem.VERSION,
        entry.descriptor().name(),
        entry.descriptor().kind(),
        config,
        Optional.ofNullable(entry.descriptor().embedder()),
        life);
  }

  @Override
  public long count(Section section) {
    CatalogEntry entry = session.find(section.name());
    return entry == null ? 0 : session.tx().counter(entry.number(), CounterKind.LIVE);
  }

  @Override
  public void entries(Section section, TransferStore.Receiver receiver) throws IOException {
    Entries entries = new Entries(entry(section));
    // While one part is received, the next one is read; the session is used by one at a time.
    try (InOrder<List<Entry>> parts = new InOrder<>("engram-reader", 1)) {
      parts.submit(entries::next);
      while (parts.size() > 0) {
        List<Entry> part = parts.take();
        if (!entries.ended()) {
          parts.submit(entries::next);
        }
        for (Entry each : part) {
          receiver.take(each);
        }
      }
    }
  }

  /** The records of a section that are asked for, part by part. */
  private final class Entries {
    private final CatalogEntry section;
    private final Records records = new Records(session);
    private final Nodes nodes;
    private byte[] after = {};
    private boolean ended;

    Entries(CatalogEntry section) {
      this.section = section;
      this.nodes = new Nodes(session, section);
    }

    /** Whether there are no more. */
    boolean ended() {
      return ended;
    }

    List<Entry> next() {
      List<Stored> part = records(section, after);
      if (part.isEmpty()) {
        ended = true;
        return List.of();
      }
      after = part.getLast().key();
      List<Stored> asked = part.stream().filter(TransferState.this::isAsked).toList();
      Iterator<float @Nullable []> vectors =
          what.vectors() ? records.vectors(asked).iterator() : Collections.emptyIterator();
      List<Entry> entries = new ArrayList<>(asked.size());
      for (Stored stored : asked) {
        float[] vector = what.vectors() ? vectors.next() : null;
        entries.add(entry(stored.row(), vector, nodes));
      }
      return entries;
    }
  }

  private boolean isAsked(Stored stored) {
    return isLate(stored.row().updatedAt()) && isChanged(stored) && shows(stored);
  }

  private boolean isChanged(Stored stored) {
    return changes == null || changes.hasRecord(stored.key(), stored.row().node());
  }

  /** The next records; with their vectors they take some megabytes. */
  private List<Stored> records(CatalogEntry entry, byte[] after) {
    List<Stored> part = new ArrayList<>();
    long vectorBytes = (long) Float.BYTES * entry.descriptor().dimension();
    long[] bytes = {0};
    session
        .tx()
        .scanAfter(
            Family.RECORDS,
            after,
            Keys.collection(entry.number()),
            (key, value) -> {
              part.add(new Stored(key, RecordLayout.decode(key, value)));
              bytes[0] += value.length + vectorBytes;
              return part.size() < PART_ROWS && bytes[0] < PART_BYTES;
            });
    return part;
  }

  private boolean shows(Stored stored) {
    return stored.row().visibleAt(session.tx().now())
        && what.filter().map(f -> f.matches(stored.row().metadata())).orElse(true);
  }

  /** Whether any of the times of changes is late enough. */
  private boolean isLate(long... changedMillis) {
    return what.changedSince()
        .map(since ->
            LongStream.of(changedMillis)
                .anyMatch(changed -> !Instant.ofEpochMilli(changed).isBefore(since)))
        .orElse(true);
  }

  /** A memory that is imported anew loses the synapses that it had: they come with it. */
  private boolean isAsked(Found found, Stored from, Stored to) {
    Edge edge = found.edge();
    return isLate(
            edge.createdAt(),
            edge.lastAccessed(),
            edge.sinceMillis(),
            from.row().updatedAt(),
            to.row().updatedAt())
        && (changes == null
            || changes.hasSynapseFrom(found.key())
            || isChanged(from)
            || isChanged(to));
  }

  private static Entry entry(Row row, float @Nullable [] vector, Nodes nodes) {
    Concept concept = row.node() == Records.NO_NODE ? null : nodes.concept(row.node());
    return new Entry(
        Optional.of(row.id()),
        Optional.ofNullable(row.text()),
        Optional.ofNullable(vector),
        row.metadata(),
        Optional.ofNullable(row.provenance()),
        dates(row),
        Optional.ofNullable(concept).map(TransferState::node));
  }

  private static Dates dates(Row row) {
    return new Dates(
        Optional.of(Instant.ofEpochMilli(row.createdAt())),
        Optional.of(Instant.ofEpochMilli(row.updatedAt())),
        row.expiresAt() == 0
            ? Optional.empty()
            : Optional.of(Instant.ofEpochMilli(row.expiresAt())),
        Memories.instant(row.times().occurredAt()),
        Memories.instant(row.times().validFrom()),
        Memories.instant(row.times().validUntil()));
  }

  private static Node node(Concept concept) {
    return new Node(
        concept.accessCount(),
        Optional.of(Instant.ofEpochMilli(concept.lastAccessed())),
        concept.importance(),
        Optional.of(Instant.ofEpochMilli(concept.importanceSince())),
        concept.pinned());
  }

  @Override
  public void links(Section section, TransferStore.Receiver receiver) throws IOException {
    CatalogEntry space = entry(section);
    if (!space.isSpace()) {
      return;
    }
    for (Tier tier : Tier.values()) {
      Family family = Synapses.family(tier);
      byte[] after = {};
      for (List<Found> part = links(family, space, after);
          !part.isEmpty();
          part = links(family, space, after)) {
        take(space, part, receiver);
        after = part.getLast().key();
      }
    }
  }

  private List<Found> links(Family family, CatalogEntry space, byte[] after) {
    List<Found> part = new ArrayList<>();
    session
        .tx()
        .scanAfter(
            family,
            after,
            Keys.collection(space.number()),
            (key, value) -> {
              part.add(new Found(key, SynapseLayout.decode(key, value)));
              return part.size() < PART_ROWS;
            });
    return part;
  }

  private void take(CatalogEntry space, List<Found> part, TransferStore.Receiver receiver)
      throws IOException {
    Synapses synapses = new Synapses(session, space);
    Nodes nodes = new Nodes(session, space);
    for (Found each : part) {
      Stored from = synapses.weight(each) > 0 ? end(nodes, each.from()) : null;
      Stored to = from == null ? null : end(nodes, each.to());
      if (from != null && to != null && isAsked(each, from, to)) {
        receiver.take(link(from.row().id(), to.row().id(), each.edge()));
      }
    }
  }

  private @Nullable Stored end(Nodes nodes, int node) {
    Stored stored = nodes.memory(node);
    return stored != null && shows(stored) ? stored : null;
  }

  private static Link link(RecordId from, RecordId to, Edge edge) {
    return new Link(
        from,
        to,
        edge.relation(),
        edge.weight(),
        Optional.of(
            new Use(
                edge.tier(),
                Instant.ofEpochMilli(edge.sinceMillis()),
                edge.cycle(),
                Instant.ofEpochMilli(edge.createdAt()),
                Instant.ofEpochMilli(edge.lastAccessed()),
                edge.activations())));
  }

  private CatalogEntry entry(Section section) {
    CatalogEntry entry = session.find(section.name());
    if (entry == null) {
      throw Session.notFound(section.name());
    }
    return entry;
  }

  @Override
  public void close() {
    session.close();
  }
}
