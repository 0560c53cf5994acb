package dev.engram.internal.engine;

import dev.engram.CollectionInfo;
import dev.engram.Filter;
import dev.engram.IndexInfo;
import dev.engram.InvalidInputException;
import dev.engram.Limits;
import dev.engram.MetadataPatch;
import dev.engram.Page;
import dev.engram.Progress;
import dev.engram.RecordId;
import dev.engram.Scan;
import dev.engram.Search;
import dev.engram.SearchHit;
import dev.engram.SearchPlan;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.parallel.Parallel;
import dev.engram.internal.recall.Ranking.Ranked;
import dev.engram.internal.vector.SearchTrace;
import dev.engram.internal.vector.SearchTrace.Phase;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A collection by its name, in a transaction or not. Thread-safe outside a transaction. */
final class StoredCollection implements VectorCollection {
  private final Handle handle;

  StoredCollection(OpenStore store, String name, @Nullable Session session) {
    this.handle = new Handle(store, name, session);
  }

  @Override
  public String name() {
    return handle.name();
  }

  @Override
  public CollectionInfo info() {
    return handle.info(this::entry);
  }

  @Override
  public void upsert(VectorRecord record) {
    upsert(List.of(record));
  }

  @Override
  public void upsert(List<VectorRecord> records) {
    boolean _ =
        handle.write(s -> {
          upsertAll(s, records);
          return true;
        });
  }

  @Override
  public long upsertAll(Iterator<VectorRecord> records, Progress progress) {
    return handle.stream(
        "upsert", records, Handle.BATCH_ITEMS, progress, StoredCollection::bytes, this::upsertAll);
  }

  @Override
  public Optional<VectorRecord> get(RecordId id) {
    return handle.read(s -> {
      Records rows = new Records(s);
      Stored stored = rows.find(entry(s), id);
      return stored == null ? Optional.empty() : Optional.of(record(stored, rows.vector(stored)));
    });
  }

  @Override
  public boolean delete(RecordId id) {
    return handle.write(s -> {
      Records rows = new Records(s);
      Stored stored = rows.find(entry(s), id);
      if (stored != null) {
        rows.delete(entry(s), stored);
      }
      return stored != null;
    });
  }

  @Override
  public long deleteWhere(Filter filter) {
    return handle.forMatches(
        this::entry,
        filter,
        (s, stored) -> {
          new Records(s).delete(entry(s), stored);
          return true;
        });
  }

  @Override
  public boolean patch(RecordId id, MetadataPatch patch) {
    return handle.write(s -> {
      Stored stored = new Records(s).find(entry(s), id);
      return stored != null && patch(s, stored, patch);
    });
  }

  @Override
  public long patchWhere(Filter filter, MetadataPatch patch) {
    return handle.forMatches(this::entry, filter, (s, stored) -> patch(s, stored, patch));
  }

  @Override
  public Page<VectorRecord> scan(Scan scan) {
    return handle.read(s -> handle.scan(scan, entry(s), s, stored -> record(stored, null)));
  }

  @Override
  public long count() {
    return handle.read(s -> handle.count(s, entry(s)));
  }

  @Override
  public long count(Filter filter) {
    return handle.store().searcher().lookup().matching(handle.read(this::entry), filter).size();
  }

  @Override
  public List<SearchHit> search(Search search) {
    return search(handle.read(this::entry), search);
  }

  @Override
  public List<List<SearchHit>> searchAll(List<Search> searches) {
    List<Search> asked = List.copyOf(searches);
    if (asked.size() > Limits.MAX_BATCH_SEARCHES) {
      throw new InvalidInputException(
          "invalid batch: searches="
              + asked.size()
              + ", allowed=0.."
              + Limits.MAX_BATCH_SEARCHES
              + "; split it");
    }
    CatalogEntry entry = handle.read(this::entry);
    return Parallel.map(asked, search -> search(entry, search));
  }

  @Override
  public IndexInfo index() {
    CatalogEntry entry = handle.read(this::entry);
    if (entry.descriptor().dimension() == 0) {
      throw new InvalidInputException("the collection holds no vectors: collection=" + name());
    }
    return handle.store().vectors().get(entry.row()).info(entry.descriptor().recallTarget());
  }

  @Override
  public SearchPlan explain(Search search) {
    CatalogEntry entry = handle.read(this::entry);
    boolean cached =
        !handle.inTransaction() && handle.store().searchCache().find(entry, search) != null;
    SearchTrace trace = new SearchTrace();
    long began = trace.now();
    int hits = ask(entry, search, trace).size();
    trace.spentElse(Phase.READ, began);
    return new SearchPlan(
        trace.plan(),
        search.words().isPresent(),
        search.recall().orElse(entry.descriptor().recallTarget()),
        trace.partitions(),
        trace.probed(),
        trace.scanned(),
        trace.ranked(),
        trace.rescored(),
        phases(trace),
        hits,
        cached);
  }

  private static List<SearchPlan.Phase> phases(SearchTrace trace) {
    return Arrays.stream(Phase.values())
        .filter(phase -> trace.nanos(phase) > 0)
        .map(p -> new SearchPlan.Phase(p.name().toLowerCase(Locale.ROOT), trace.nanos(p)))
        .toList();
  }

  private List<SearchHit> search(CatalogEntry entry, Search search) {
    long began = System.nanoTime();
    OpenStore store = handle.store();
    // A transaction may have made the collection itself, which no other has heard of yet.
    boolean anew = handle.inTransaction() || search.isVerified();
    SearchCache cache = anew ? null : store.searchCache();
    List<SearchHit> hits = cache == null ? null : cache.find(entry, search);
    if (hits != null) {
      store.searchMeter().answeredByCache();
    } else {
      hits =
          cache == null
              ? ask(entry, search, SearchTrace.NONE)
              : cache.keep(entry, search, () -> ask(entry, search, SearchTrace.NONE));
    }
    store.searchMeter().answered(began);
    return hits;
  }

  private List<SearchHit> ask(CatalogEntry entry, Search search, SearchTrace trace) {
    Set<RecordId> examples = new HashSet<>(search.positive());
    examples.addAll(search.negative());
    Searcher searcher = handle.store().searcher();
    return searcher.steady(
        new Searcher.Wanted(entry, search.offset(), search.limit(), search.filter(), examples),
        () -> searcher.search(entry, search, trace),
        (begun, found, ranked, stored) -> {
          if (search.isVerified()) {
            new HitVerifier(handle.store(), entry, begun).check(ranked, stored, found.query());
          }
          return hit(entry, search, found, ranked, stored);
        });
  }

  private SearchHit hit(
      CatalogEntry entry, Search search, Searcher.Found found, Ranked ranked, Stored stored) {
    return new SearchHit(
        record(stored, null),
        ranked.score(),
        handle
            .store()
            .searcher()
            .explain(entry, ranked, search.words().orElse(null), found.notes()));
  }

  private CatalogEntry entry(Session session) {
    return session.collection(handle.name());
  }

  private void upsertAll(Session session, List<VectorRecord> records) {
    new Records(session).upsertAll(entry(session), records);
  }

  private boolean patch(Session session, Stored stored, MetadataPatch patch) {
    new Records(session).patch(entry(session), stored, patch.applyTo(stored.row().metadata()));
    return true;
  }

  private static long bytes(VectorRecord record) {
    return 64
        + record.metadata().encodedBytes()
        + record.text().map(String::length).orElse(0)
        + 4L * record.dimension();
  }

  private static VectorRecord record(Stored stored, float @Nullable [] vector) {
    var row = stored.row();
    VectorRecord record = VectorRecord.of(row.id()).withMetadata(row.metadata());
    String text = row.text();
    if (text != null) {
      record = record.withText(text);
    }
    if (vector != null) {
      record = record.withVector(vector);
    }
    return row.expiresAt() == 0 ? record : record.withExpiry(Instant.ofEpochMilli(row.expiresAt()));
  }
}
