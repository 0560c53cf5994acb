package dev.engram.internal.engine;

import dev.engram.BackupTargets;
import dev.engram.Catalog;
import dev.engram.CheckLevel;
import dev.engram.CheckReport;
import dev.engram.ClosedException;
import dev.engram.CollectionConfig;
import dev.engram.CollectionInfo;
import dev.engram.CollectionInfo.Kind;
import dev.engram.CommitId;
import dev.engram.CommitInfo;
import dev.engram.CommitOptions;
import dev.engram.CommitRange;
import dev.engram.CompactionReport;
import dev.engram.ConflictException;
import dev.engram.Encryption;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.EngramException;
import dev.engram.ExistsException;
import dev.engram.MaintenanceResult;
import dev.engram.MaintenanceTask;
import dev.engram.MemorySpace;
import dev.engram.MismatchException;
import dev.engram.Progress;
import dev.engram.RecordId;
import dev.engram.Snapshots;
import dev.engram.StaleViewException;
import dev.engram.Stats;
import dev.engram.Transaction;
import dev.engram.Transfer;
import dev.engram.VectorCollection;
import dev.engram.internal.filter.FilterIndex;
import dev.engram.internal.format.CollectionLayout.Descriptor;
import dev.engram.internal.format.CounterKind;
import dev.engram.internal.log.CommitFiles;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.Log;
import dev.engram.internal.log.LogCopy;
import dev.engram.internal.log.StoreKeys;
import dev.engram.internal.log.StoreLock;
import dev.engram.internal.recall.Chronicle;
import dev.engram.internal.transfer.StoreTransfer;
import dev.engram.internal.vector.PartitionedVectorIndex;
import dev.engram.internal.view.ViewSet;
import dev.engram.spi.Embedder;
import dev.engram.spi.EmbedderIdentity;
import dev.engram.spi.KeySource;
import dev.engram.spi.View;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** An open store: the log, its views, the catalog and the maintenance, wired. Thread-safe. */
final class OpenStore implements Engram {
  /** How often a transaction runs again after a conflict before the caller hears of it. */
  static final int MAX_RETRIES = 200;

  /** Views may lag for so long before the log is cut. */
  private static final Duration CUT_TIMEOUT = Duration.ofMinutes(1);

  private final EngramConfig config;
  private final RandomGenerator random;
  private final @Nullable Path directory;
  private final @Nullable StoreLock lock;
  private final @Nullable StoreKeys keys;
  private final Log log;
  private final @Nullable FollowerState following;
  private final OpenCatalog catalog;
  private final Numbers collectionNumbers;
  private final Numbers ordinals;
  private final Numbers nodes;
  private final Expiries expiries;
  private final TextView text = new TextView();
  private final Partitions<FilterIndex> filters;
  private final Partitions<Chronicle> chronicles;
  private final VectorKind vectorKind;
  private final Partitions<PartitionedVectorIndex> vectors;
  private final ViewSet views;
  private final SearchCache searchCache;
  private final SynapseCache synapseCache;
  private final SearchMeter searchMeter = new SearchMeter();
  private final Searcher searcher;
  private final AccessQueue accessQueue = new AccessQueue(this);
  private final Recaller recaller;
  private final StoredSnapshots snapshots = new StoredSnapshots(this);
  private final StoredBackups backups = new StoredBackups(this);
  private final StoredArchive archive;
  private final StoredAudit audit = new StoredAudit(this);
  private final Journal journal;
  private final Maintenance maintenance;
  private final Scrubber scrubber;
  private final AtomicBoolean open = new AtomicBoolean(true);
  private volatile @Nullable AtExit atExit;

  OpenStore(
      EngramConfig config,
      RandomGenerator random,
      @Nullable Path directory,
      @Nullable StoreLock lock,
      @Nullable StoreKeys keys,
      Log log,
      @Nullable FollowerState following) {
    this.config = config;
    this.random = random;
    this.directory = directory;
    this.lock = lock;
    this.keys = keys;
    this.log = log;
    this.following = following;
    this.archive = new StoredArchive(this);
    archive.begin();
    this.catalog = new OpenCatalog(log);
    this.collectionNumbers = new Numbers(log, CounterKind.COLLECTIONS);
    this.ordinals = new Numbers(log, CounterKind.ORDINALS);
    this.nodes = new Numbers(log, CounterKind.NODES);
    this.expiries = new Expiries(log);
    Touches touches = new Touches();
    long heap = Runtime.getRuntime().maxMemory();
    this.filters = new Partitions<>(new FilterKind(), log, heap / 8);
    this.chronicles = new Partitions<>(new ChronicleKind(), log, heap / 8);
    this.vectorKind = new VectorKind(log, catalog::find);
    this.vectors = new Partitions<>(vectorKind, log, heap / 4);
    List<View> all = new ArrayList<>(List.of(text, filters, chronicles, vectors));
    all.addAll(config.views());
    this.synapseCache = new SynapseCache(log, config.synapseCacheBytes());
    this.views = new ViewSet(log, viewsDirectory(), all, List.of(touches, synapseCache));
    this.searchCache =
        new SearchCache(config.searchCacheBytes(), touches, expiries, config.clock());
    this.searcher = new Searcher(this);
    this.recaller = new Recaller(this);
    this.journal = new Journal(directory);
    this.maintenance = new Maintenance(this, journal);
    this.scrubber = new Scrubber(this, journal);
    audit.begin();
    maintenance.start();
    scrubber.start();
    if (directory != null) {
      snapshots.sweep();
      backups.sweep();
    }
  }

  /** Closes the store also when the process ends before somebody does. */
  void closeAtExit() {
    atExit = AtExit.run(this::close);
  }

  /** Where views keep what they publish; null where nothing of the kind may reach the disk. */
  private @Nullable Path viewsDirectory() {
    return directory == null || log.isEncrypted() ? null : directory.resolve(StoreFiles.VIEWS);
  }

  EngramConfig config() {
    return config;
  }

  Log log() {
    return log;
  }

  OpenCatalog catalogState() {
    return catalog;
  }

  Numbers collectionNumbers() {
    return collectionNumbers;
  }

  Numbers ordinals() {
    return ordinals;
  }

  Numbers nodes() {
    return nodes;
  }

  Expiries expiries() {
    return expiries;
  }

  TextView text() {
    return text;
  }

  Partitions<FilterIndex> filters() {
    return filters;
  }

  Partitions<Chronicle> chronicles() {
    return chronicles;
  }

  VectorKind vectorKind() {
    return vectorKind;
  }

  Partitions<PartitionedVectorIndex> vectors() {
    return vectors;
  }

  ViewSet views() {
    return views;
  }

  Searcher searcher() {
    return searcher;
  }

  Recaller recaller() {
    return recaller;
  }

  SearchCache searchCache() {
    return searchCache;
  }

  SynapseCache synapseCache() {
    return synapseCache;
  }

  AccessQueue accessQueue() {
    return accessQueue;
  }

  StoredArchive archiveState() {
    return archive;
  }

  Journal journal() {
    return journal;
  }

  Maintenance maintenance() {
    return maintenance;
  }

  Scrubber scrubber() {
    return scrubber;
  }

  SearchMeter searchMeter() {
    return searchMeter;
  }

  @Nullable Embedder embedder() {
    return config.embedder().orElse(null);
  }

  /** A UUID of version 7 (RFC 9562): the time, then random bits. */
  RecordId.Uuid newId(long nowMillis) {
    long high = nowMillis << 16 | 0x7000 | (random.nextLong() & 0xFFF);
    long low = random.nextLong() >>> 2 | 0x8000000000000000L;
    return new RecordId.Uuid(new UUID(high, low));
  }

  /** So many random hexadecimal digits, at most 16. */
  String randomDigits(int count) {
    return HexFormat.of().toHexDigits(random.nextLong(), count);
  }

  Session session() {
    return new Session(this, CommitOptions.NONE);
  }

  /** Runs the work in a transaction of its own, again after a conflict. */
  <T> T inTransaction(Function<Session, T> work) {
    return archived(retrying(CommitOptions.NONE, work)).value();
  }

  /** The same, for what nobody waits for. */
  <T> T inTransactionAside(Function<Session, T> work) {
    return retrying(CommitOptions.NONE, work).value();
  }

  private record Done<T>(T value, CommitId commit, boolean changed) {}

  private <T> Done<T> archived(Done<T> done) {
    if (done.changed) {
      archive.await(done.commit);
    }
    return done;
  }

  /** Commits what a caller waits for. */
  CommitId commit(Session session) {
    CommitId commit = session.commit();
    return archived(new Done<>(true, commit, session.tx().size() > 0)).commit();
  }

  private <T> Done<T> retrying(CommitOptions options, Function<Session, T> work) {
    for (int attempt = 1; ; attempt++) {
      try (Session session = new Session(this, options)) {
        T value = work.apply(session);
        CommitId commit = session.tx().isOpen() ? session.commit() : lastCommit();
        return new Done<>(value, commit, session.tx().size() > 0);
      } catch (ConflictException e) {
        if (attempt > MAX_RETRIES) {
          throw e;
        }
        // A pause of random length lets one of those that contend go first.
        LockSupport.parkNanos(
            ThreadLocalRandom.current().nextLong(20_000L * Math.min(attempt, 50)));
      }
    }
  }

  @Override
  public MemorySpace space(String name) {
    for (int attempt = 1; attempt <= MAX_RETRIES; attempt++) {
      Optional<MemorySpace> found = findSpace(name);
      if (found.isPresent()) {
        return found.get();
      }
      createSpace(name);
      // Who makes it at the same moment tells of it a moment after it is there.
      LockSupport.parkNanos(attempt == 1 ? 0 : 100_000);
    }
    throw Session.notFound(name);
  }

  private void createSpace(String name) {
    try {
      CatalogEntry _ = inTransaction(s -> s.ensureSpace(name));
    } catch (ExistsException e) {
      // Somebody else made it meanwhile.
    }
  }

  @Override
  public Optional<MemorySpace> findSpace(String name) {
    CatalogEntry entry = catalog.find(name);
    if (entry == null) {
      return Optional.empty();
    }
    if (!entry.isSpace()) {
      try (Session session = session()) {
        CatalogEntry _ = session.space(name);
      }
    }
    return Optional.of(new StoredSpace(this, name, null));
  }

  @Override
  public VectorCollection collection(String name) {
    try (Session session = session()) {
      CatalogEntry _ = session.collection(name);
    }
    return new StoredCollection(this, name, null);
  }

  @Override
  public VectorCollection collection(String name, CollectionConfig wanted) {
    CatalogEntry entry = catalog.find(name);
    if (entry == null) {
      try {
        return catalog().create(name, wanted);
      } catch (ExistsException e) {
        entry = catalog.find(name);
      }
    }
    if (entry != null) {
      requireSame(entry, wanted);
    }
    return collection(name);
  }

  @Override
  public Catalog catalog() {
    return new StoredCatalog(this);
  }

  @Override
  public Transaction begin(CommitOptions options) {
    return new UserTransaction(new Session(this, options));
  }

  @Override
  public CommitId write(CommitOptions options, Consumer<Transaction> work) {
    return archived(
            retrying(
                options,
                session -> {
                  work.accept(new UserTransaction(session));
                  return true;
                }))
        .commit();
  }

  @Override
  public <T> T transact(Function<Transaction, T> work) {
    return inTransaction(s -> work.apply(new UserTransaction(s)));
  }

  @Override
  public CommitId lastCommit() {
    return log.last();
  }

  @Override
  public boolean awaitViews(CommitId commit, Duration timeout) {
    return views.awaitAll(commit.lsn(), timeout);
  }

  @Override
  public CheckReport check(CheckLevel level, Progress progress) {
    return new Checker(this, level, progress).run();
  }

  @Override
  public List<MaintenanceResult> maintain(Set<MaintenanceTask> tasks, Progress progress) {
    requireOpen();
    return maintenance.tasks().run(tasks, progress);
  }

  @Override
  public CompactionReport compact(Progress progress) {
    requireOpen();
    CompactionReport report = new Compactor(this, maintenance.chores(), progress).run();
    audit.did("compact", "bytes=" + report.bytesAfter());
    return report;
  }

  @Override
  public Stats stats() {
    return new StatsReader(this).read();
  }

  @Override
  public void checkpoint() {
    views.publish();
    log.flush();
    if (directory != null) {
      Directories.restrictFiles(directory);
    }
  }

  /** Cuts the log before a commit, which no view needs any more then. */
  void cutLog(long lsn) {
    if (!views.awaitAll(lsn, CUT_TIMEOUT)) {
      throw new StaleViewException("a view lags: lsn=" + lsn + "; nothing was cut, try again");
    }
    checkpoint();
    maintenance.chores().cut(lsn);
  }

  @Override
  public void saveTo(Path target) {
    save(target, config.encryption().orElse(null));
  }

  @Override
  public void saveTo(Path target, KeySource source) {
    save(target, source);
  }

  private void save(Path target, @Nullable KeySource source) {
    requireOpen();
    StoreFiles.requireNewOrEmpty(target);
    Directories.makePrivate(target);
    try (StoreLock _ = StoreLock.take(target);
        StoreKeys copied =
            source == null ? null : StoreKeys.create(target, source, config.clock(), log::reach)) {
      LogCopy.write(
          log,
          config.compression(),
          config.clock(),
          random,
          target.resolve(StoreFiles.LOG),
          StoreKeys.sealerOf(copied));
      StoreFiles.mark(target);
    }
  }

  @Override
  public Optional<Encryption> encryption() {
    return Optional.ofNullable(keys).map(each -> new StoredEncryption(this, each));
  }

  /** Runs work while no snapshot and no backup is made. */
  <T> T withoutCopies(Supplier<T> work) {
    return backups.locked(() -> snapshots.locked(work));
  }

  /** How commits are written to files that leave the store, and read from those of another. */
  CommitFiles commitFiles() {
    return new CommitFiles(config.encryption());
  }

  @Nullable StoreKeys keys() {
    return keys;
  }

  @Override
  public Transfer transfer() {
    return new StoreTransfer(new TransferRows(this));
  }

  @Override
  public StoredAudit auditLog() {
    return audit;
  }

  @Override
  public BackupTargets backups() {
    return backups;
  }

  @Override
  public Snapshots snapshots() {
    return snapshots;
  }

  @Override
  public StoredArchive archive() {
    return archive;
  }

  @Override
  public List<CommitInfo> commits(CommitRange range) {
    return new CommitHistory(log).read(range);
  }

  @Override
  public void close() {
    if (open.get()) {
      flushAccesses();
    }
    if (!open.compareAndSet(true, false)) {
      return;
    }
    boolean interrupted = Thread.interrupted();
    try {
      closeAll();
    } finally {
      AtExit hook = atExit;
      if (hook != null) {
        hook.cancel();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** What cannot be counted any more is lost: counts, and nothing else. */
  private void flushAccesses() {
    try {
      accessQueue.flush();
    } catch (EngramException e) {
      System.getLogger(OpenStore.class.getName())
          .log(System.Logger.Level.DEBUG, "recalls are not counted", e);
    }
  }

  private void closeAll() {
    try (StoreLock _ = lock;
        StoreKeys _ = keys;
        Log _ = log;
        ViewSet _ = views;
        Maintenance _ = maintenance) {
      try {
        log.stopCollecting();
        scrubber.close();
        maintenance.finishTasks();
        snapshots.finish();
        backups.finish();
        archive.finish();
      } finally {
        List.of(filters, chronicles, vectors).forEach(Partitions::finish);
        journal.save();
      }
    } finally {
      if (directory != null) {
        Directories.restrictFiles(directory);
      }
    }
  }

  /** Refuses what would otherwise not touch the log. */
  void requireOpen() {
    if (!open.get()) {
      throw new ClosedException("the store is closed; open it again");
    }
  }

  /** Whether it is a follower, which takes no writes. */
  boolean isFollower() {
    return following != null;
  }

  /** How far it is behind; null where it is no follower. */
  @Nullable FollowerState following() {
    return following;
  }

  /** Where the store lies; null in memory. */
  @Nullable Path directory() {
    return directory;
  }

  CollectionInfo describe(CatalogEntry entry, long count) {
    Descriptor d = entry.descriptor();
    EmbedderIdentity identity = d.embedder();
    CollectionConfig shape =
        d.dimension() == 0
            ? CollectionConfig.textOnly()
            : CollectionConfig.ofDimension(d.dimension());
    shape =
        shape
            .metric(d.metric())
            .language(d.language())
            .recallTarget(d.recallTarget())
            .quantization(d.quantization())
            .resident(d.resident());
    if (d.timeToLiveMillis() > 0) {
      shape = shape.timeToLive(Duration.ofMillis(d.timeToLiveMillis()));
    }
    return new CollectionInfo(
        d.name(),
        d.kind(),
        shape,
        count,
        Instant.ofEpochMilli(d.createdAt()),
        catalog.aliases(entry.number()),
        Optional.ofNullable(identity).map(i -> i.provider() + "/" + i.model()));
  }

  private static void requireSame(CatalogEntry entry, CollectionConfig wanted) {
    Descriptor d = entry.descriptor();
    boolean same =
        d.kind() == Kind.COLLECTION
            && d.dimension() == wanted.dimension()
            && d.metric() == wanted.metric()
            && d.language().equals(wanted.language())
            && (!wanted.namesQuantization() || d.quantization() == wanted.quantization())
            && d.timeToLiveMillis() == wanted.timeToLive().map(Duration::toMillis).orElse(0L);
    if (!same) {
      throw new MismatchException(
          "the collection is there with another configuration: name="
              + d.name()
              + ", stored=["
              + "dimension="
              + d.dimension()
              + ", metric="
              + d.metric()
              + ", language="
              + d.language()
              + ", timeToLiveMillis="
              + d.timeToLiveMillis()
              + ", quantization="
              + d.quantization()
              + "], given=["
              + wanted
              + "]; open it by its name alone, or make another one");
    }
  }
}
