package dev.engram.internal.log;

import dev.engram.CommitId;
import dev.engram.ConflictException;
import dev.engram.CorruptStoreException;
import dev.engram.Durability;
import dev.engram.MismatchException;
import dev.engram.Progress;
import dev.engram.Stats;
import dev.engram.internal.format.AuditLayout;
import dev.engram.internal.format.CommitFileLayout.Shipped;
import dev.engram.internal.format.CommitLayout;
import dev.engram.internal.format.IdentityLayout;
import dev.engram.internal.format.IdentityLayout.Identity;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.NumberLayout;
import dev.engram.spi.Commit;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The log and the state it describes, in one RocksDB: the only thing of a store that must not be
 * lost. Thread-safe.
 *
 * <p><b>Commits.</b> A {@link Draft} holds encoded rows. {@link #commit} queues it; the leader of
 * the queue checks its claims against the commits since its snapshot, gives it the next LSN, and
 * writes the rows of the whole group and one {@code log} row for each commit as one RocksDB batch
 * with one fsync. So state and log never differ, and a commit is there whole or not at all.
 *
 * <p><b>Following.</b> The {@link Follower} is told of each commit in LSN order before it is
 * acknowledged. Everything else reads the {@code log} family by LSN with {@link #replay}; RocksDB's
 * own iterator over its write-ahead log can skip commits silently and is not used.
 *
 * <p><b>Failure.</b> After a failed write nothing more is written, and what failed is unknown, not
 * undone: RocksDB may have it after reopening.
 */
public final class Log implements AutoCloseable {
  /** Claims that are remembered exactly; a transaction older than twice as many conflicts. */
  private static final int CLAIMS = 1 << 17;

  private final Rocks rocks;
  private final LogConfig config;
  private final CommitQueue queue;
  private final Counters counters;
  private final AuditChain audit;
  private final ClaimTable claims;
  private final Identity identity;
  private final Set<LogSnapshot> snapshots = ConcurrentHashMap.newKeySet();
  private final Trimmer trimmer;
  private final BlobCollector blobs;
  private final Holds holds;
  private volatile Follower follower = commit -> {};
  private volatile CommitId last;
  private final AtomicLong durableLsn = new AtomicLong();
  private final long openedAt;
  private final LongAdder writtenBytes = new LongAdder();
  private final LongAdder commits = new LongAdder();
  private final LongAdder groups = new LongAdder();
  private long lastMillis;

  /** Is told of every commit, in LSN order, on the committing thread; must not throw. */
  @FunctionalInterface
  public interface Follower {
    void follow(Commit commit);
  }

  /** A row during a scan; return false to stop. */
  @FunctionalInterface
  public interface Visitor {
    boolean visit(byte[] key, byte[] value);
  }

  /** A commit during a replay; return false to stop. */
  @FunctionalInterface
  public interface CommitVisitor {
    boolean visit(CommitLayout.Read commit, int bytes);
  }

  private Log(LogConfig config) {
    this.config = config;
    this.rocks = new Rocks(config);
    boolean opened = false;
    try {
      this.identity = IdentityRow.open(rocks, config);
      this.last = new CommitId(identity.timeline(), IdentityRow.lastLsn(rocks));
      this.openedAt = last.lsn();
      this.durableLsn.set(openedAt);
      this.counters = Counters.load(rocks);
      this.audit = AuditChain.load(rocks);
      this.claims = new ClaimTable(CLAIMS, last.lsn());
      this.blobs = new BlobCollector(rocks);
      this.trimmer = new Trimmer(rocks, this::newRows, housekeeping(), blobs);
      this.holds =
          new Holds(
              rocks,
              this::newRows,
              housekeeping(),
              new Holds.Opening(identity, trimmer.first(), openedAt, keptBytes()),
              writtenBytes);
      this.queue = new CommitQueue(config.queueLimit(), config.queueTimeout(), this::sequence);
      opened = true;
    } finally {
      if (!opened) {
        rocks.close();
      }
    }
  }

  /**
   * Opens the log in a directory that the caller has locked, or makes one.
   *
   * @throws dev.engram.CorruptStoreException where it is damaged before its torn tail
   */
  public static Log open(LogConfig config) {
    return new Log(config);
  }

  /** A commit to be filled, based on what the caller has read. */
  public Draft draft(LogSnapshot base) {
    return new Draft(base.commit().lsn(), newRows());
  }

  /**
   * Commits.
   *
   * @return its place; that of the first where its idempotency key was used before
   * @throws ConflictException where a claim was written since the draft's snapshot
   */
  public CommitId commit(Draft draft) {
    draft.requireWhole();
    return queue.submit(draft);
  }

  /**
   * Takes a commit over from another log of the same history, and tells the follower as of one of
   * its own. A transaction that has not seen it conflicts.
   *
   * @param decoder what the commit says to views; called when its rows are there
   * @return whether it was new; false where it was there already
   * @throws MismatchException where one before it is missing, or another one is in its place
   */
  public boolean apply(Shipped commit, Function<CommitLayout.Read, Commit> decoder) {
    boolean[] fresh = {false};
    exclusively(() -> fresh[0] = takeOver(commit, decoder));
    return fresh[0];
  }

  /** Runs a task while no commit is under way; it may read everything and commit nothing. */
  public void exclusively(Runnable task) {
    queue.exclusively(task);
  }

  /** Whether the caller is within such a task. */
  public boolean isExclusive() {
    return queue.isExclusive();
  }

  /** Is told of the commits from now on. Set once, before the first commit. */
  public void follow(Follower newFollower) {
    follower = newFollower;
  }

  /** The last acknowledged commit. */
  public CommitId last() {
    return last;
  }

  /** The last LSN that survives what the device survives. */
  public long durableLsn() {
    return durableLsn.get();
  }

  /** Makes every commit up to now durable, whatever the store's promise. */
  public void makeDurable() {
    long reached = last.lsn();
    if (durableLsn.get() >= reached) {
      return;
    }
    switch (config.durability()) {
      case Durability.Synced _ -> {}
      case Durability.Buffered _ -> rocks.syncLog();
      case Durability.Periodic _ -> rocks.flush();
    }
    raiseDurable(reached);
  }

  /** Writes what is in memory into files, so that the next opening has nothing to recover. */
  public void flush() {
    long reached = last.lsn();
    rocks.flush();
    raiseDurable(reached);
  }

  /**
   * Copies the log into a directory that is not there yet, sharing files by links where that works.
   * Commits go on meanwhile: the copy holds every one that was acknowledged before the call, and
   * perhaps later ones. It is durable, but for the entry of the directory in its parent.
   *
   * @return what the copy holds
   */
  public LogHeader checkpoint(Path directory) {
    makeDurable();
    rocks.checkpoint(directory);
    Directories.restrictFiles(directory);
    return LogHeader.read(directory, config.sealer());
  }

  public byte @Nullable [] get(Family family, byte[] key) {
    return rocks.get(family, key);
  }

  /** The latest values of some keys; null for one that is not there. */
  public List<byte @Nullable []> getAll(Family family, List<byte[]> keys) {
    return rocks.getAll(family, keys, rocks.latest());
  }

  /** Visits the latest rows from a key (included) to a key (excluded; empty for the end). */
  public void scan(Family family, byte[] from, byte[] to, Visitor visitor) {
    rocks.scan(family, from, to, null, visitor::visit);
  }

  /** The state as of now; close it. */
  public LogSnapshot snapshot() {
    // The LSN is read first: the snapshot may hold later commits, never fewer.
    LogSnapshot snapshot = new LogSnapshot(this, rocks, last);
    snapshots.add(snapshot);
    return snapshot;
  }

  void forget(LogSnapshot snapshot) {
    snapshots.remove(snapshot);
  }

  /** Of the cache of rows. */
  public Stats.CacheStats rowCacheStats() {
    return rocks.cacheStats();
  }

  /** A counter's value in the last commit. */
  public long counter(int collection, int which) {
    return counters.get(collection, which);
  }

  /** Where the audit log ends, in the last commit, and whether it is on. */
  public AuditLayout.State audit() {
    return audit.state();
  }

  /** Forgets the counters of a collection whose rows are gone. */
  public void forgetCounters(int collection) {
    counters.drop(collection);
  }

  /** The process has come to a named place, at which a test may stop it. */
  public void reach(String point) {
    config.crashPoints().reach(point);
  }

  /** Whether values are encrypted: then nothing of them may be written elsewhere as it is. */
  public boolean isEncrypted() {
    return rocks.encrypts();
  }

  /** The store's id, in text. */
  public String storeId() {
    return identity.storeId().toString();
  }

  /** Whether a commit, of this store or of the one that it was restored from, is in its past. */
  public boolean holds(CommitId commit) {
    return IdentityRow.holds(identity, last.lsn(), commit);
  }

  /** Whether the commit of a store is in this store's past. */
  public boolean holds(String ofStore, CommitId commit) {
    return IdentityRow.storeOf(identity, commit.timeline()).toString().equals(ofStore)
        && holds(commit);
  }

  /** Who the log is. */
  public Identity identity() {
    return identity;
  }

  /** What keeps its old end. */
  public Holds holds() {
    return holds;
  }

  /** When the store was made. */
  public Instant createdAt() {
    return Instant.ofEpochMilli(identity.createdAt());
  }

  /**
   * Visits the commits after an LSN, up to the last one, in order.
   *
   * @throws TrimmedException where some of them are no longer in the log
   */
  public void replay(long afterLsn, CommitVisitor visitor) {
    if (afterLsn >= last.lsn()) {
      return;
    }
    long[] expected = {afterLsn + 1};
    rocks.scan(
        Family.LOG,
        Keys.commit(afterLsn + 1),
        new byte[0],
        null,
        (key, value) -> {
          if (Keys.longAt(key, 0) != expected[0]) {
            throw new TrimmedException(expected[0], Keys.longAt(key, 0));
          }
          expected[0]++;
          return visitor.visit(CommitLayout.decode(key, value), value.length);
        });
    if (expected[0] == afterLsn + 1) {
      throw new TrimmedException(expected[0], last.lsn() + 1);
    }
  }

  /** The first LSN that is still in the log. */
  public long firstLsn() {
    return trimmer.first();
  }

  /** Bytes of the commits that are still in the log, about. */
  public long keptBytes() {
    return Math.max(0, rocks.property(Family.LOG, "rocksdb.estimate-live-data-size"))
        + rocks.property(Family.LOG, "rocksdb.cur-size-all-mem-tables");
  }

  /** The last commit that was there when the log was opened. */
  public long openedAt() {
    return openedAt;
  }

  /** Bytes of all commits since opening, as they stand in the log. */
  public long writtenBytes() {
    return writtenBytes.sum();
  }

  /**
   * Removes the commits before an LSN, and the values that only they refer to. Keeps what an open
   * snapshot may still have to replay, unless the log is larger than its limit.
   */
  public void trim(long beforeLsn, boolean force) {
    long bound = Math.min(beforeLsn, last.lsn());
    if (!force) {
      for (LogSnapshot snapshot : snapshots) {
        bound = Math.min(bound, snapshot.commit().lsn() + 1);
      }
    }
    trimmer.trim(bound);
  }

  /**
   * Gives back the disk space of large values that have gone, where these are many. Takes as long
   * as copying those that live; one call at a time.
   */
  public void collectGarbage() {
    blobs.collect();
  }

  /** Compacts files on request. */
  public LogCompaction compaction() {
    return new LogCompaction(rocks);
  }

  /**
   * Ends {@link #collectGarbage} and {@link #compaction} early, for good: the log will be closed.
   */
  public void stopCollecting() {
    rocks.cancelCompaction();
  }

  /** Seals anew what is under an older data key, some at a time, between commits; how much. */
  public long reseal(Progress progress) {
    Resealer resealer =
        new Resealer(rocks, task -> trimmer.apart(() -> queue.exclusively(task)), housekeeping());
    long resealed = resealer.run(progress);
    blobs.manyGone();
    return resealed;
  }

  /** The ids of the data keys under which values are sealed, durably so. */
  public Set<Integer> keysInUse(Progress progress) {
    return KeysInUse.of(rocks, progress);
  }

  /** Drops idempotency keys that are older than this. */
  public void dropKeysBefore(long timeMillis) {
    trimmer.apart(() -> dropKeys(timeMillis));
  }

  private void dropKeys(long timeMillis) {
    WriteBatchBytes rows = newRows();
    byte[] from = Keys.idempotencyAges();
    rocks.scan(
        Family.IDEMPOTENCY,
        from,
        Keys.afterPrefix(from),
        null,
        (key, value) -> {
          boolean old = Keys.longAt(key, 1) < timeMillis;
          if (old) {
            rows.delete(Family.IDEMPOTENCY, key);
            rows.delete(Family.IDEMPOTENCY, Keys.idempotencyOfAge(key));
          }
          return old && rows.bytes() < CommitQueue.MAX_GROUP_BYTES;
        });
    if (!rows.isEmpty()) {
      rocks.write(rows, housekeeping());
    }
  }

  /** Reads every block of every file and compares its checksum. */
  public void verifyFiles() {
    rocks.verifyFiles();
  }

  /** Reads every value that lies in a blob file, which {@link #verifyFiles} leaves out. */
  public void verifyBlobs() {
    for (Family family : Family.values()) {
      if (family.referenced()) {
        rocks.scan(family, new byte[0], new byte[0], null, (key, value) -> true);
      }
    }
  }

  /**
   * The names of the files that the log is made of now, and their sizes; -1 where it knows none.
   * The write-ahead log is among them. Files come and go while commits are made.
   */
  public Map<String, Long> files() {
    Map<String, Long> files = new TreeMap<>(rocks.files());
    Path directory = rocks.directory();
    if (directory != null) {
      Directories.names(directory).stream()
          .filter(name -> LogFiles.isAppended(name) && name.endsWith(".log"))
          .forEach(name -> files.put(name, -1L));
    }
    return files;
  }

  /**
   * What a few rows say that anything else rests on: whose the log is, and its last commit.
   *
   * @throws dev.engram.CorruptStoreException where they are damaged, or another's
   */
  public void verifyHeader() {
    byte[] key = Keys.identity();
    byte[] row = rocks.get(Family.META, key);
    if (row == null || !IdentityLayout.decode(key, row).equals(identity)) {
      throw new CorruptStoreException("the log does not say any more whose it is");
    }
    CommitId reached = last;
    if (reached.lsn() == 0) {
      return;
    }
    byte[] logKey = Keys.commit(reached.lsn());
    byte[] commit = rocks.get(Family.LOG, logKey);
    if (commit == null
        || CommitLayout.decode(logKey, commit).header().id().lsn() != reached.lsn()) {
      throw new CorruptStoreException("the last commit is missing: lsn=" + reached.lsn());
    }
  }

  /** Commits since opening. */
  public long commits() {
    return commits.sum();
  }

  /** Groups of commits since opening, each with one write. */
  public long groups() {
    return groups.sum();
  }

  /** A figure of the storage engine for one family; 0 where it has none. */
  public long property(Family family, String name) {
    return rocks.property(family, name);
  }

  /** Bytes of blocks before compression over bytes in files; 1 while there are no files. */
  public double compressionRatio() {
    double raw = 0;
    double stored = 0;
    for (Family family : Family.values()) {
      TableSizes sizes = rocks.tableSizes(family);
      raw += sizes.raw();
      stored += sizes.stored();
    }
    return stored == 0 ? 1 : raw / stored;
  }

  /** Rows of a family, about: what was deleted lately may still be counted. */
  public long rows(Family family) {
    return rocks.tableSizes(family).rows() + rocks.unflushedRows(family);
  }

  /** Of a family's sorted files: bytes before and after compression, and rows. */
  record TableSizes(long raw, long stored, long rows) {}

  /** Why nothing is written any more; null while all is well. */
  public @Nullable String failure() {
    return rocks.failed();
  }

  @Override
  public void close() {
    if (rocks.closed()) {
      return;
    }
    try {
      if (rocks.failed() == null) {
        makeDurable();
      }
    } finally {
      snapshots.forEach(LogSnapshot::close);
      rocks.close();
    }
  }

  private WriteBatchBytes newRows() {
    return rocks.newBatch();
  }

  /** Writes a group of commits; runs on one thread at a time. */
  private void sequence(List<CommitQueue.Ticket> group) {
    WriteBatchBytes batch = newRows();
    Map<String, CommitId> keys = new HashMap<>();
    List<CommitQueue.Ticket> accepted = new ArrayList<>(group.size());
    List<Commit> told = new ArrayList<>(group.size());
    lastMillis = Math.max(lastMillis, config.clock().millis());
    CommitId next = last;
    boolean sync = config.durability() instanceof Durability.Synced;
    for (CommitQueue.Ticket ticket : group) {
      Draft draft = ticket.draft();
      CommitId earlier = committedBefore(draft, keys);
      if (earlier != null) {
        draft.repeat();
        ticket.succeed(earlier);
      } else if (draft.conflicts(claims)) {
        ticket.fail(conflict(draft));
      } else {
        next = new CommitId(next.timeline(), next.lsn() + 1);
        append(batch, draft, next, keys);
        sync |= draft.options().durability().isPresent();
        accepted.add(ticket);
        told.add(new Commit(next, Instant.ofEpochMilli(lastMillis), draft.changes()));
      }
    }
    if (!accepted.isEmpty()) {
      write(batch, sync);
      publish(next, told);
      for (int i = 0; i < accepted.size(); i++) {
        accepted.get(i).succeed(told.get(i).id());
      }
      config.crashPoints().reach("after-views-before-ack");
    }
  }

  /** Runs while no commit is under way. */
  private boolean takeOver(Shipped commit, Function<CommitLayout.Read, Commit> decoder) {
    long expected = last.lsn() + 1;
    if (commit.lsn() != expected) {
      requireKnown(commit, expected);
      return false;
    }
    WriteBatchBytes batch = newRows();
    ShippedRows.put(commit, batch);
    write(batch, config.durability() instanceof Durability.Synced);
    counters.take(commit.read().entries());
    audit.reread(rocks);
    claims.unknownUpTo(expected);
    lastMillis = Math.max(lastMillis, commit.read().header().timeMillis());
    writtenBytes.add(commit.row().length);
    publish(new CommitId(identity.timeline(), expected), List.of(decoder.apply(commit.read())));
    return true;
  }

  private void requireKnown(Shipped commit, long expected) {
    if (commit.lsn() > expected) {
      throw new MismatchException(
          "a commit is missing: expected="
              + expected
              + ", given="
              + commit.lsn()
              + "; nothing was changed, give those in between first");
    }
    byte[] own = rocks.get(Family.LOG, Keys.commit(commit.lsn()));
    if (own != null && !Arrays.equals(own, commit.row())) {
      throw new MismatchException(
          "another commit is in its place: lsn="
              + commit.lsn()
              + "; nothing was changed, it is of another history");
    }
  }

  private void write(WriteBatchBytes batch, boolean sync) {
    config.crashPoints().reach("before-log-write");
    if (config.durability() instanceof Durability.Periodic) {
      rocks.write(batch, Rocks.Sync.UNLOGGED);
      if (sync) {
        rocks.flush();
      }
    } else {
      rocks.write(batch, sync ? Rocks.Sync.SYNCED : Rocks.Sync.BUFFERED);
    }
    config.crashPoints().reach("after-log-write");
    groups.increment();
  }

  private void publish(CommitId reached, List<Commit> told) {
    last = reached;
    commits.add(told.size());
    if (config.durability() instanceof Durability.Synced) {
      raiseDurable(last.lsn());
    }
    for (Commit commit : told) {
      follower.follow(commit);
    }
  }

  private void append(WriteBatchBytes batch, Draft draft, CommitId id, Map<String, CommitId> keys) {
    counters.step(draft);
    String key = draft.options().idempotencyKey().orElse(null);
    if (key != null) {
      remember(draft, key, id);
      keys.put(key, id);
    }
    audit.append(draft, id, lastMillis);
    byte[] logKey = Keys.commit(id.lsn());
    CommitLayout.Header header =
        new CommitLayout.Header(
            id, lastMillis, config.random().nextLong(), key, draft.options().author().orElse(null));
    byte[] row = CommitLayout.encode(logKey, header, draft.entryCount(), draft.entries());
    draft.rows().put(Family.LOG, logKey, row);
    writtenBytes.add(row.length);
    draft.enterInto(claims, id.lsn());
    batch.append(draft.rows());
  }

  private void remember(Draft draft, String key, CommitId id) {
    byte[] byKey = Keys.idempotency(key);
    byte[] byTime = Keys.idempotencyAge(lastMillis, byKey);
    draft.putLate(
        Family.IDEMPOTENCY, byKey, NumberLayout.encode(byKey, id.timeline(), id.lsn(), lastMillis));
    draft.putLate(Family.IDEMPOTENCY, byTime, NumberLayout.encode(byTime));
  }

  /** The commit that used the draft's idempotency key before, if one did. */
  private @Nullable CommitId committedBefore(Draft draft, Map<String, CommitId> inGroup) {
    String key = draft.options().idempotencyKey().orElse(null);
    if (key == null) {
      return null;
    }
    CommitId beside = inGroup.get(key);
    if (beside != null) {
      return beside;
    }
    byte[] rowKey = Keys.idempotency(key);
    byte[] row = rocks.get(Family.IDEMPOTENCY, rowKey);
    if (row == null) {
      return null;
    }
    long[] numbers = NumberLayout.decode(rowKey, row, 3);
    return new CommitId(numbers[0], numbers[1]);
  }

  private static ConflictException conflict(Draft draft) {
    return new ConflictException(
        "another commit was first: startedAt="
            + draft.snapshotLsn()
            + "; nothing was written, run the transaction again");
  }

  private void raiseDurable(long reached) {
    durableLsn.accumulateAndGet(reached, Math::max);
  }

  /** Housekeeping that is lost is done again, so that it need not be synced. */
  private Rocks.Sync housekeeping() {
    return config.durability() instanceof Durability.Periodic
        ? Rocks.Sync.UNLOGGED
        : Rocks.Sync.BUFFERED;
  }
}
