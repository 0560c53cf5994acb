package dev.engram.internal.engine;

import dev.engram.Activated;
import dev.engram.Activation;
import dev.engram.CollectionInfo.Kind;
import dev.engram.Dynamics;
import dev.engram.EngramConfig;
import dev.engram.EngramException;
import dev.engram.InvalidInputException;
import dev.engram.Limits;
import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.Page;
import dev.engram.PastSpace;
import dev.engram.PathRecall;
import dev.engram.PathRecollection;
import dev.engram.Progress;
import dev.engram.Recall;
import dev.engram.Recollection;
import dev.engram.RecordId;
import dev.engram.Scan;
import dev.engram.Synapse;
import dev.engram.internal.engine.PastRows.Past;
import dev.engram.internal.engine.PastRows.Place;
import dev.engram.internal.engine.Synapses.Found;
import dev.engram.internal.format.CollectionLayout.Descriptor;
import dev.engram.internal.format.ConceptLayout.Concept;
import dev.engram.internal.format.RecordLayout.Row;
import dev.engram.spi.EmbedderIdentity;
import java.time.Instant;
import java.time.InstantSource;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * A space of the past: a store in memory, whose clock stands still at that instant, with what was
 * on record then. So it answers by the same code as any space. Thread-safe.
 */
final class StoredPast implements PastSpace {
  private static final int BATCH = 1_000;

  private final Instant asOf;
  private final OpenStore store;
  private final MemorySpace space;

  private StoredPast(Instant asOf, OpenStore store, String name) {
    this.asOf = asOf;
    this.store = store;
    this.space = new StoredSpace(store, name, null);
  }

  /** Copies what a space had on record. */
  static PastSpace of(Session now, CatalogEntry space, Instant asOf) {
    Limits.checkEventTime(asOf);
    new History(now, space).require(asOf.toEpochMilli());
    PastRows rows = new PastRows(now, space, asOf.toEpochMilli());
    List<Place> memories = rows.memories();
    if (memories.size() > Limits.MAX_PAST_MEMORIES) {
      throw new InvalidInputException(
          "too many memories for a copy in memory: memories="
              + memories.size()
              + ", allowed=0.."
              + Limits.MAX_PAST_MEMORIES
              + "; ask for the history of single memories");
    }
    OpenStore copy = (OpenStore) EngineFactory.open(config(now.store().config(), asOf));
    boolean filled = false;
    try {
      fill(copy, now, space, rows, memories);
      StoredPast past = new StoredPast(asOf, copy, space.descriptor().name());
      past.embed();
      filled = true;
      return past;
    } finally {
      if (!filled) {
        copy.close();
      }
    }
  }

  /**
   * What the embedder cannot make now, it is asked for again while the copy is open; one that made
   * none of the space's vectors is no reason not to read it.
   */
  private void embed() {
    try {
      long _ = space.embedPending(Progress.NONE);
    } catch (EngramException e) {
      System.getLogger(StoredPast.class.getName())
          .log(System.Logger.Level.DEBUG, "a copy of the past lacks vectors", e);
    }
  }

  private static EngramConfig config(EngramConfig of, Instant asOf) {
    EngramConfig config = EngramConfig.inMemory().clock(InstantSource.fixed(asOf));
    return of.embedder().map(config::embedder).orElse(config);
  }

  private static void fill(
      OpenStore copy, Session now, CatalogEntry space, PastRows rows, List<Place> memories) {
    CatalogEntry made = copy.inTransaction(s -> create(s, copy, now, space));
    BitSet nodes = new BitSet();
    for (int from = 0; from < memories.size(); from += BATCH) {
      List<Place> batch = memories.subList(from, Math.min(memories.size(), from + BATCH));
      Handle.checkInterrupt("copy the past", from);
      boolean _ =
          copy.inTransaction(s -> {
            batch.forEach(place -> restore(s, made, rows.read(place)));
            return true;
          });
      batch.forEach(place -> nodes.set(place.node()));
    }
    join(copy, made, rows.synapses(nodes));
  }

  private static CatalogEntry create(
      Session session, OpenStore copy, Session now, CatalogEntry space) {
    Descriptor of = space.descriptor();
    CatalogEntry made = session.create(of.name(), Kind.SPACE, copy.describe(space, 0).config());
    EmbedderIdentity identity = of.embedder();
    CatalogEntry adopted = identity == null ? made : session.adopt(made, identity);
    Dynamics dynamics = now.state(space).dynamics();
    // Nothing is consolidated there: its clock stands still, and no number is too large.
    session.state(adopted).put(dynamics.shortTermLimit(Long.MAX_VALUE));
    return adopted;
  }

  private static void restore(Session session, CatalogEntry space, Past past) {
    Row row = past.row().withVector(past.vector() != null);
    Concept concept = past.concept();
    Concept known =
        concept != null
            ? concept
            : new Concept(0, 0, row.updatedAt(), 1, 1, row.updatedAt(), false);
    new Memories(session).restore(space, row, past.vector(), known);
  }

  private static void join(OpenStore copy, CatalogEntry space, List<Found> synapses) {
    for (int from = 0; from < synapses.size(); from += BATCH) {
      List<Found> batch = synapses.subList(from, Math.min(synapses.size(), from + BATCH));
      boolean _ =
          copy.inTransaction(s -> {
            Synapses own = new Synapses(s, space);
            for (Found each : batch) {
              byte[] key = own.key(each.from(), each.to(), each.edge().relation());
              own.restore(new Found(key, each.edge()));
            }
            return true;
          });
    }
  }

  /** The store in memory, for tests of what it does by itself. */
  OpenStore store() {
    return store;
  }

  @Override
  public Instant asOf() {
    return asOf;
  }

  @Override
  public Optional<Memory> get(RecordId id) {
    return space.get(id);
  }

  @Override
  public Page<Memory> scan(Scan scan) {
    return space.scan(scan);
  }

  @Override
  public long count() {
    return space.count();
  }

  @Override
  public List<Recollection> recall(Recall recall) {
    return space.recall(recall.untouched());
  }

  @Override
  public List<PathRecollection> recall(PathRecall recall) {
    return space.recall(recall);
  }

  @Override
  public List<Activated> activate(Activation activation) {
    return space.activate(activation);
  }

  @Override
  public List<Synapse> neighbours(RecordId id) {
    return space.neighbours(id);
  }

  @Override
  public void close() {
    store.close();
  }
}
