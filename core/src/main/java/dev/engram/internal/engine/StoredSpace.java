package dev.engram.internal.engine;

import dev.engram.Activated;
import dev.engram.Activation;
import dev.engram.Association;
import dev.engram.Audit;
import dev.engram.AuditReport;
import dev.engram.CollectionInfo;
import dev.engram.ConsolidationReport;
import dev.engram.Dynamics;
import dev.engram.EngramException;
import dev.engram.Feedback;
import dev.engram.ForgetPolicy;
import dev.engram.ForgetPreview;
import dev.engram.Forgetting;
import dev.engram.InterferenceReport;
import dev.engram.InvalidInputException;
import dev.engram.Learning;
import dev.engram.Limits;
import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.MemoryVersion;
import dev.engram.MetadataPatch;
import dev.engram.Page;
import dev.engram.PastSpace;
import dev.engram.PathRecall;
import dev.engram.PathRecollection;
import dev.engram.Progress;
import dev.engram.Recall;
import dev.engram.Recollection;
import dev.engram.RecordId;
import dev.engram.Scan;
import dev.engram.SchemaReport;
import dev.engram.SleepReport;
import dev.engram.Synapse;
import dev.engram.WhyNot;
import dev.engram.WorkingMemory;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.format.CounterKind;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.RecordLayout.Row;
import dev.engram.internal.format.RhythmLayout;
import dev.engram.internal.format.WorkingLayout;
import dev.engram.internal.log.Family;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A memory space by its name, in a transaction or not. Thread-safe outside a transaction. */
final class StoredSpace implements MemorySpace {
  /** Memories that are embedded in one commit. */
  private static final int EMBED_BATCH = 256;

  /** Texts that may fail beyond those that succeed before the embedder counts as away. */
  private static final int PATIENCE = 2;

  private final Handle handle;

  StoredSpace(OpenStore store, String name, @Nullable Session session) {
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
  public Memory learn(Learning learning) {
    return learn(List.of(learning)).getFirst();
  }

  @Override
  public List<Memory> learn(List<Learning> learnings) {
    return handle.write(s -> new Memories(s).learn(handle.name(), learnings));
  }

  @Override
  public long learnAll(Iterator<Learning> learnings, Progress progress) {
    return handle.stream(
        "learn",
        learnings,
        handle.store().embedder() != null ? Handle.EMBEDDED_BATCH_ITEMS : Handle.BATCH_ITEMS,
        progress,
        l -> 64 + l.text().length() + l.metadata().encodedBytes(),
        (s, batch) -> new Memories(s).learn(handle.name(), batch));
  }

  @Override
  public Optional<Memory> get(RecordId id) {
    return handle.read(s -> Optional.ofNullable(new Memories(s).get(entry(s), id)));
  }

  @Override
  public boolean update(RecordId id, String text) {
    return handle.write(s -> new Memories(s).update(handle.name(), id, text));
  }

  @Override
  public boolean update(RecordId id, MetadataPatch patch) {
    return handle.write(s -> new Memories(s).update(entry(s), id, patch));
  }

  @Override
  public boolean forget(RecordId id) {
    return handle.write(s -> new Memories(s).forget(entry(s), id));
  }

  @Override
  public Memory supersede(RecordId old, Learning learning) {
    return handle.write(
        s -> new Superseding(s, entry(s)).replace(Set.of(old), learning, Synapse.SUPERSEDES));
  }

  @Override
  public Memory merge(List<RecordId> ids, Learning merged) {
    Set<RecordId> originals = new LinkedHashSet<>(ids);
    if (originals.size() < 2 || originals.size() > Limits.MAX_SEEDS) {
      throw new InvalidInputException(
          "invalid merge: memories="
              + originals.size()
              + ", allowed=2.."
              + Limits.MAX_SEEDS
              + "; of a single memory, supersede it");
    }
    return handle.write(
        s -> new Superseding(s, entry(s)).replace(originals, merged, Synapse.DERIVED_FROM));
  }

  @Override
  public AuditReport audit(Audit audit, Progress progress) {
    return new Auditor(handle, audit, progress).run();
  }

  @Override
  public Memory endValidity(RecordId id, Instant validUntil) {
    Limits.checkEventTime(validUntil);
    return handle.write(s -> new Memories(s).endValidity(entry(s), id, validUntil.toEpochMilli()));
  }

  @Override
  public Forgetting forget(ForgetPolicy policy, Progress progress) {
    return new PolicyForgetting(handle, policy, progress).run();
  }

  @Override
  public ForgetPreview preview(ForgetPolicy policy) {
    return new PolicyForgetting(handle, policy, Progress.NONE).preview();
  }

  @Override
  public List<Forgetting> forgettings() {
    return handle.read(s -> new Tombstones(s, entry(s)).all());
  }

  @Override
  public long undo(RecordId operation) {
    return new Undo(handle, operation).run();
  }

  /** Lets go for good what was forgotten and cannot be brought back any more; how many times. */
  long erase() {
    return handle.write(s -> new Tombstones(s, entry(s)).erase());
  }

  @Override
  public Memory pin(RecordId id, boolean pinned) {
    return handle.write(s -> new Memories(s).pin(entry(s), id, pinned));
  }

  @Override
  public Memory importance(RecordId id, double importance) {
    return handle.write(s -> new Memories(s).importance(entry(s), id, importance));
  }

  @Override
  public Synapse associate(RecordId from, RecordId to, String relation) {
    return associate(List.of(Association.of(from, to, relation))).getFirst();
  }

  @Override
  public List<Synapse> associate(List<Association> associations) {
    return handle.write(s -> new Associations(s, entry(s)).associate(associations));
  }

  @Override
  public Memory access(RecordId id) {
    return handle.write(s -> {
      CatalogEntry space = entry(s);
      Memories memories = new Memories(s);
      Stored memory = memories.require(space, id);
      new Associations(s, space).access(memory);
      return memories.memory(space, memory);
    });
  }

  @Override
  public int hebbian(List<RecordId> ids) {
    return handle.write(s -> new Associations(s, entry(s)).hebbian(require(s, ids)));
  }

  @Override
  public int compete(List<RecordId> winners, List<RecordId> losers) {
    return handle.write(
        s -> new Associations(s, entry(s)).compete(require(s, winners), require(s, losers)));
  }

  @Override
  public InterferenceReport interfere(RecordId id, double similarity) {
    return handle.write(s -> new Interference(s, entry(s)).by(id, similarity));
  }

  @Override
  public int reconsolidate(List<RecordId> ids) {
    return handle.write(s -> new Associations(s, entry(s)).reconsolidate(require(s, ids)));
  }

  private List<Stored> require(Session session, List<RecordId> ids) {
    if (ids.size() > Limits.MAX_SEEDS) {
      throw new InvalidInputException(
          "too many memories at once: memories=" + ids.size() + ", allowed=0.." + Limits.MAX_SEEDS);
    }
    CatalogEntry space = entry(session);
    return List.copyOf(new Memories(session).requireAll(space, new LinkedHashSet<>(ids)).values());
  }

  @Override
  public SleepReport sleep() {
    return handle.write(s -> Sleep.cycle(s, entry(s)));
  }

  @Override
  public ConsolidationReport consolidate(Progress progress) {
    return new Consolidation(handle, progress).run();
  }

  @Override
  public SchemaReport consolidateSchemas(Progress progress) {
    return new SchemaConsolidation(handle, progress).run();
  }

  /**
   * Consolidates where the interval has passed since the last time, or since the space was made; or
   * where there are more short-term synapses than there should be, and twice as many as were left
   * the last time.
   *
   * @return whether it did
   */
  boolean consolidateIfDue() {
    boolean due = handle.read(this::isConsolidationDue);
    if (due) {
      ConsolidationReport _ = consolidate(Progress.NONE);
    }
    return due;
  }

  private boolean isConsolidationDue(Session s) {
    CatalogEntry space = entry(s);
    Dynamics dynamics = s.state(space).dynamics();
    RhythmLayout.Rhythm rhythm = s.state(space).rhythm();
    long last = Math.max(rhythm.lastConsolidation(), space.descriptor().createdAt());
    long synapses = s.tx().counter(space.number(), CounterKind.SHORT_TERM);
    return s.tx().now() - last >= dynamics.consolidationInterval().toMillis()
        || (synapses > dynamics.shortTermLimit() && synapses > 2 * rhythm.shortTermLeft());
  }

  @Override
  public List<MemoryVersion> history(RecordId id) {
    return handle.read(s -> {
      CatalogEntry space = entry(s);
      List<MemoryVersion> versions = new ArrayList<>();
      for (History.Version each : new History(s, space).of(id)) {
        versions.add(version(each.row(), Optional.of(Instant.ofEpochMilli(each.until()))));
      }
      Stored stored = new Memories(s).find(space, id);
      if (stored != null) {
        versions.add(version(stored.row(), Optional.empty()));
      }
      return versions;
    });
  }

  private static MemoryVersion version(Row row, Optional<Instant> until) {
    return new MemoryVersion(
        row.id(),
        Objects.requireNonNull(row.text()),
        row.metadata(),
        Optional.ofNullable(row.provenance()),
        Memories.instant(row.times().occurredAt()),
        Memories.instant(row.times().validFrom()),
        Memories.instant(row.times().validUntil()),
        Instant.ofEpochMilli(row.updatedAt()),
        until);
  }

  @Override
  public PastSpace asOf(Instant instant) {
    return handle.read(s -> StoredPast.of(s, entry(s), instant));
  }

  @Override
  public List<WorkingMemory> workingMemory() {
    return handle.read(s -> {
      CatalogEntry space = entry(s);
      Nodes nodes = new Nodes(s, space);
      long time = s.state(space).dynamics().workingMemoryTime().toMillis();
      List<WorkingMemory> found = new ArrayList<>();
      for (WorkingSet.Entry each : s.state(space).working().held()) {
        RecordId id = nodes.id(each.node());
        if (id != null) {
          found.add(workingMemory(id, each.held(), time));
        }
      }
      return found;
    });
  }

  private static WorkingMemory workingMemory(RecordId id, WorkingLayout.Held held, long time) {
    return new WorkingMemory(
        id,
        Instant.ofEpochMilli(held.enteredAt()),
        Instant.ofEpochMilli(held.lastAccessed()),
        held.accesses(),
        Instant.ofEpochMilli(held.lastAccessed() + time));
  }

  @Override
  public Dynamics dynamics() {
    return handle.read(s -> s.state(entry(s)).dynamics());
  }

  @Override
  public void dynamics(Dynamics dynamics) {
    boolean _ =
        handle.write(s -> {
          s.state(entry(s)).put(dynamics);
          return true;
        });
  }

  @Override
  public List<Synapse> neighbours(RecordId id) {
    return handle.read(s -> {
      CatalogEntry space = entry(s);
      return new Synapses(s, space).of(new Memories(s).require(space, id));
    });
  }

  @Override
  public List<Activated> activate(Activation activation) {
    return handle.read(s -> new GraphRecall(s, entry(s)).activate(activation));
  }

  @Override
  public List<PathRecollection> recall(PathRecall recall) {
    return handle.read(s -> new GraphRecall(s, entry(s)).paths(recall));
  }

  @Override
  public List<Recollection> recall(Recall recall) {
    CatalogEntry space = handle.read(this::entry);
    Recaller recaller = handle.store().recaller();
    RecallQuestion question = recaller.question(space, recall);
    long began = System.nanoTime();
    long now = handle.store().config().clock().millis();
    RecordId.Uuid operation = handle.store().newId(now);
    List<Recollection> found = recaller.recall(question, operation);
    handle.store().searchMeter().answered(began);
    boolean ofThePast = recall.validAt().isPresent();
    if (recall.use() != Recall.Use.UNTOUCHED && !ofThePast && !found.isEmpty()) {
      List<RecordId> ids = found.stream().map(hit -> hit.memory().id()).toList();
      boolean reinforced = recall.use() == Recall.Use.REINFORCED;
      handle
          .store()
          .accessQueue()
          .add(new AccessQueue.Recalled(space.number(), operation.value(), now, ids, reinforced));
    }
    return found;
  }

  @Override
  public boolean feedback(Feedback feedback) {
    handle.store().accessQueue().flush();
    return handle.write(s -> new Operations(s, entry(s)).say(feedback));
  }

  /** Lets go what the history has kept for long enough; how many rows. */
  long expireHistory() {
    return inBatches("expire history", s -> new History(s, entry(s)).expire(Handle.BATCH_ITEMS));
  }

  /** Lets go recalls of which nothing can be said any more; how many. */
  long expireOperations() {
    return inBatches("expire recalls", s -> new Operations(s, entry(s)).expire());
  }

  /** Commits batches until one finds nothing. */
  private long inBatches(String operation, Function<Session, Integer> batch) {
    long sum = 0;
    int some = handle.write(batch);
    while (some > 0) {
      sum += some;
      Handle.checkInterrupt(operation, sum);
      some = handle.write(batch);
    }
    return sum;
  }

  @Override
  public WhyNot whyNot(RecordId id, Recall recall) {
    Recaller recaller = handle.store().recaller();
    return recaller.whyNot(recaller.question(handle.read(this::entry), recall), id);
  }

  @Override
  public Page<Memory> scan(Scan scan) {
    return handle.read(s -> {
      CatalogEntry space = entry(s);
      Memories memories = new Memories(s);
      return handle.scan(scan, space, s, stored -> memories.memory(space, stored));
    });
  }

  @Override
  public long count() {
    return handle.read(s -> handle.count(s, entry(s)));
  }

  @Override
  public long pending() {
    return handle.read(s -> (long) pendingKeys(s, Integer.MAX_VALUE).size());
  }

  @Override
  public long embedPending(Progress progress) {
    if (handle.store().embedder() == null) {
      return 0;
    }
    long total = pending();
    long done = 0;
    int embedded = embedSome();
    while (embedded > 0) {
      done += embedded;
      progress.report(new Progress.Update("embed", done, total, handle.name()));
      embedded = embedSome();
    }
    return done;
  }

  /** Embeds a batch of the pending memories; returns how many. */
  int embedSome() {
    List<byte[]> keys = handle.read(s -> pendingKeys(s, EMBED_BATCH));
    if (keys.isEmpty()) {
      return 0;
    }
    try {
      return embed(keys);
    } catch (EngramException e) {
      return embedOneByOne(keys, e);
    }
  }

  /** So that one text that the embedder refuses does not keep the others from being embedded. */
  private int embedOneByOne(List<byte[]> keys, EngramException failure) {
    int embedded = 0;
    int failed = 0;
    for (byte[] key : keys) {
      try {
        embedded += embed(List.of(key));
      } catch (EngramException e) {
        failed++;
      }
      if (failed > embedded + PATIENCE) {
        break;
      }
    }
    if (embedded == 0) {
      throw failure;
    }
    return embedded;
  }

  private int embed(List<byte[]> keys) {
    return handle.write(s -> new Memories(s).embed(handle.name(), keys));
  }

  private List<byte[]> pendingKeys(Session session, int limit) {
    byte[] all = Keys.collection(entry(session).number());
    return session.tx().keysAfter(Family.PENDING, new byte[0], all, limit);
  }

  private CatalogEntry entry(Session session) {
    return session.space(handle.name());
  }
}
