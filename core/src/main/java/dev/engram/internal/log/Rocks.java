package dev.engram.internal.log;

import dev.engram.CorruptStoreException;
import dev.engram.OutcomeUnknownException;
import dev.engram.Stats;
import dev.engram.StorageException;
import dev.engram.internal.crypto.Sealer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompactRangeOptions.BottommostLevelCompaction;
import org.rocksdb.Env;
import org.rocksdb.FlushOptions;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.RocksMemEnv;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;
import org.rocksdb.TableProperties;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * RocksDB behind a gate. Native objects live in here and nowhere else: a call after {@link #close}
 * is a {@link dev.engram.ClosedException}, and close waits for the calls that run, since RocksDB
 * itself would crash the process. Iterators live inside one call and their status is checked at its
 * end. After a failed write nothing is written any more. Values are sealed on their way in and
 * opened on their way out; what is above, and the cache of rows, has them as they are. Thread-safe.
 */
final class Rocks implements AutoCloseable {
  /** Where a store in memory thinks that it lies. */
  private static final String MEMORY_PATH = "/engram";

  /** Read at once by a scan of large rows; a scan of few small ones would wait for it in vain. */
  private static final long READ_AHEAD_BYTES = 256 << 10;

  /** Rows that are passed rather than looking a key up. */
  private static final int MOST_PASSED = 4;

  private static final long MOST_FLUSH_NANOS = 10_000_000_000L;
  private static final long FLUSH_TICK_NANOS = 2_000_000;

  static {
    // Before any option or listener object is made.
    NativeLibrary.load();
  }

  private final Gate gate = new Gate("store");
  private final @Nullable Path directory;
  private final @Nullable Env memory;
  private final WriteFailure failure = new WriteFailure();
  private final RowCache cache;
  private final Sealer sealer;
  private final RocksOptions options;
  private final RocksDB db;
  private final Map<Family, ColumnFamilyHandle> handles = new EnumMap<>(Family.class);
  private final Map<Family, Integer> columnFamilyIds = new EnumMap<>(Family.class);
  private final List<ColumnFamilyHandle> allHandles = new ArrayList<>();
  private final ReadOptions latest = new ReadOptions();
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final WriteOptions buffered = new WriteOptions();
  private final WriteOptions unlogged = new WriteOptions().setDisableWAL(true);

  /** The compaction that was asked for and runs. */
  private @Nullable CompactRangeOptions compaction;

  private @Nullable Asker compactionOf;
  private final ReentrantLock compacting = new ReentrantLock();

  private volatile boolean closing;

  /** How much of a write must have reached the device when it returns. */
  enum Sync {
    SYNCED,
    BUFFERED,
    UNLOGGED
  }

  /** A row during a scan; return false to stop. */
  @FunctionalInterface
  interface RowVisitor {
    boolean visit(byte[] key, byte[] value);
  }

  /** Opens or makes the database; a null directory means memory. */
  Rocks(LogConfig config) {
    directory = config.directory();
    cache = new RowCache(config.rowCacheBytes());
    sealer = config.sealer();
    memory = directory == null ? new RocksMemEnv(Env.getDefault()) : null;
    Env env = memory == null ? Env.getDefault() : memory;
    options = new RocksOptions(config.compression(), config.acceptLoss(), env, failure);
    boolean opened = false;
    try {
      String path = directory == null ? MEMORY_PATH : directory.toString();
      db = RocksDB.open(options.db(), path, options.families(), allHandles);
      opened = true;
    } catch (RocksDBException e) {
      throw RocksErrors.opening(directory, e);
    } finally {
      if (!opened) {
        closeOptions();
      }
    }
    Family[] families = Family.values();
    for (int i = 0; i < families.length; i++) {
      handles.put(families[i], allHandles.get(i + 1));
      columnFamilyIds.put(families[i], allHandles.get(i + 1).getID());
    }
    checkOptions();
  }

  /** The id that RocksDB gave to a family; known also when the database is closed. */
  int columnFamilyId(Family family) {
    return Objects.requireNonNull(columnFamilyIds.get(family));
  }

  /** An empty batch, whose values are sealed as this database's are. */
  WriteBatchBytes newBatch() {
    return new WriteBatchBytes(this::columnFamilyId, sealer);
  }

  /** Whether values are encrypted. */
  boolean encrypts() {
    return sealer.encrypts();
  }

  byte @Nullable [] get(Family family, byte[] key) {
    return get(family, key, latest);
  }

  byte @Nullable [] get(Family family, byte[] key, ReadOptions view) {
    gate.enter();
    try {
      return opened(family, key, db.get(handle(family), view, key));
    } catch (RocksDBException e) {
      throw RocksErrors.reading(family, e);
    } finally {
      gate.leave();
    }
  }

  private byte @Nullable [] opened(Family family, byte[] key, byte @Nullable [] stored) {
    return stored == null ? null : sealer.open(family.code(), key, stored);
  }

  /** A row as it is in a state, which {@code view} reads. */
  byte @Nullable [] get(Family family, byte[] key, ReadOptions view, long state) {
    if (!cache.holds(family)) {
      return get(family, key, view);
    }
    RowKey place = new RowKey(family, key);
    byte[] known = cache.get(place, state);
    return known != null ? known : held(place, get(family, key, view), state);
  }

  /** Rows as they are in a state, which {@code view} reads; null for those that are not there. */
  List<byte @Nullable []> getAll(Family family, List<byte[]> keys, ReadOptions view, long state) {
    if (!cache.holds(family)) {
      return getAll(family, keys, view);
    }
    List<RowKey> places = keys.stream().map(key -> new RowKey(family, key)).toList();
    List<byte @Nullable []> values = new ArrayList<>(keys.size());
    List<Integer> missing = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      values.add(cache.get(places.get(i), state));
      if (values.get(i) == null) {
        missing.add(i);
      }
    }
    List<byte @Nullable []> read = getAll(family, missing.stream().map(keys::get).toList(), view);
    for (int i = 0; i < read.size(); i++) {
      values.set(missing.get(i), held(places.get(missing.get(i)), read.get(i), state));
    }
    return values;
  }

  private byte @Nullable [] held(RowKey place, byte @Nullable [] row, long state) {
    if (row != null) {
      cache.hold(place, row, state);
    }
    return row;
  }

  Stats.CacheStats cacheStats() {
    return cache.stats();
  }

  List<byte @Nullable []> getAll(Family family, List<byte[]> keys, ReadOptions view) {
    if (keys.isEmpty()) {
      return List.of();
    }
    gate.enter();
    try {
      List<ColumnFamilyHandle> where = java.util.Collections.nCopies(keys.size(), handle(family));
      List<byte @Nullable []> values = new ArrayList<>(keys.size());
      for (byte @Nullable [] stored : db.multiGetAsList(view, where, keys)) {
        values.add(opened(family, keys.get(values.size()), stored));
      }
      return values;
    } catch (RocksDBException e) {
      throw RocksErrors.reading(family, e);
    } finally {
      gate.leave();
    }
  }

  ReadOptions latest() {
    return latest;
  }

  /**
   * Rows of a state by ascending keys; null for those that are not there. Quicker than to ask for
   * each where many lie side by side, and hardly slower where they do not.
   */
  List<byte @Nullable []> getOrdered(Family family, List<byte[]> keys, Snapshot snapshot) {
    gate.enter();
    try (ReadOptions view = new ReadOptions().setSnapshot(snapshot);
        RocksIterator rows = db.newIterator(handle(family), view)) {
      List<byte @Nullable []> values = new ArrayList<>(keys.size());
      for (byte[] key : keys) {
        boolean there = reach(rows, key, values.isEmpty());
        values.add(there ? opened(family, key, rows.value()) : null);
      }
      rows.status();
      return values;
    } catch (RocksDBException e) {
      throw RocksErrors.reading(family, e);
    } finally {
      gate.leave();
    }
  }

  /** Goes to a key, over a few others or at once; whether it is there. */
  private static boolean reach(RocksIterator rows, byte[] key, boolean first) {
    if (first) {
      rows.seek(key);
    }
    int order = order(rows, key);
    for (int passed = 0; order < 0 && passed < MOST_PASSED; passed++) {
      rows.next();
      order = order(rows, key);
    }
    if (order < 0) {
      rows.seek(key);
      order = order(rows, key);
    }
    return order == 0;
  }

  /** How the row that is reached lies to a key; behind it where there is none. */
  private static int order(RocksIterator rows, byte[] key) {
    return rows.isValid() ? Arrays.compareUnsigned(rows.key(), key) : 1;
  }

  /**
   * Visits the rows from a key (included) to a key (excluded; empty for the end of the family).
   *
   * @param snapshot the state to read; null for the latest
   */
  void scan(
      Family family, byte[] from, byte[] to, @Nullable Snapshot snapshot, RowVisitor visitor) {
    RowVisitor opening =
        (key, stored) -> visitor.visit(key, sealer.open(family.code(), key, stored));
    scanStored(family, from, to, snapshot, opening);
  }

  /** Visits the latest rows from a key on, as they are stored: sealed, where that is so. */
  void scanStored(Family family, byte[] from, RowVisitor visitor) {
    scanStored(family, from, new byte[0], null, visitor);
  }

  /** Puts a stored row into a batch, sealed anew, where it is under an older key; whether it is. */
  boolean reseal(Family family, byte[] key, byte[] stored, WriteBatchBytes batch) {
    if (sealer.isNewest(stored)) {
      return false;
    }
    batch.put(family, key, sealer.open(family.code(), key, stored));
    return true;
  }

  private void scanStored(
      Family family, byte[] from, byte[] to, @Nullable Snapshot snapshot, RowVisitor visitor) {
    gate.enter();
    try (ReadOptions view = new ReadOptions();
        Slice upper = new Slice(to)) {
      if (snapshot != null) {
        view.setSnapshot(snapshot);
      }
      if (to.length > 0) {
        view.setIterateUpperBound(upper);
      }
      if (family.use() == Family.Use.LARGE || family.use() == Family.Use.BLOBS) {
        view.setReadaheadSize(READ_AHEAD_BYTES);
      }
      try (RocksIterator rows = db.newIterator(handle(family), view)) {
        rows.seek(from);
        while (rows.isValid() && visitor.visit(rows.key(), rows.value())) {
          rows.next();
        }
        rows.status();
      }
    } catch (RocksDBException e) {
      throw RocksErrors.reading(family, e);
    } finally {
      gate.leave();
    }
  }

  /** The last key of a family, if there is one. */
  byte @Nullable [] lastKey(Family family) {
    gate.enter();
    try (RocksIterator rows = db.newIterator(handle(family), latest)) {
      rows.seekToLast();
      byte[] key = rows.isValid() ? rows.key() : null;
      rows.status();
      return key;
    } catch (RocksDBException e) {
      throw RocksErrors.reading(family, e);
    } finally {
      gate.leave();
    }
  }

  /**
   * Writes a batch.
   *
   * @throws OutcomeUnknownException where it failed: it may be there after reopening
   * @throws StorageException where an earlier one failed
   */
  void write(WriteBatchBytes batch, Sync sync) {
    gate.enter();
    try {
      failure.check();
      try (WriteBatch bytes = new WriteBatch(batch.toBytes())) {
        cache.writing(batch);
        db.write(writeOptions(sync), bytes);
        cache.wrote(batch, db.getLatestSequenceNumber());
      }
    } catch (RocksDBException e) {
      throw failure.unknown(e);
    } finally {
      gate.leave();
    }
  }

  /** Syncs the write-ahead log. */
  void syncLog() {
    writing(db::syncWal);
  }

  /** Writes what is in memory into files, all families at once. */
  void flush() {
    writing(() -> {
      try (FlushOptions wait = new FlushOptions().setWaitForFlush(true)) {
        db.flush(wait, allHandles);
      }
    });
  }

  /** Copies the database into a directory that is not there yet, by links where that works. */
  void checkpoint(Path target) {
    gate.enter();
    try {
      failure.check();
      try (Checkpoint copy = Checkpoint.create(db)) {
        copy.createCheckpoint(target.toString());
      }
    } catch (RocksDBException e) {
      throw new StorageException(
          "the log cannot be copied: path=" + target + ", why=" + e.getMessage(), e);
    } finally {
      gate.leave();
    }
  }

  Snapshot takeSnapshot() {
    gate.enter();
    try {
      return db.getSnapshot();
    } finally {
      gate.leave();
    }
  }

  /** Frees a snapshot; does nothing once the database is closed, which frees it too. */
  void freeSnapshot(Snapshot snapshot) {
    try {
      gate.enter();
    } catch (dev.engram.ClosedException e) {
      return;
    }
    try {
      db.releaseSnapshot(snapshot);
    } finally {
      gate.leave();
    }
  }

  /** A figure of the engine; 0 where it has none. */
  long property(Family family, String name) {
    gate.enter();
    try {
      return db.getLongProperty(handle(family), name);
    } catch (RocksDBException e) {
      return 0;
    } finally {
      gate.leave();
    }
  }

  /** Who asks for compactions, and may want them to end early. */
  static final class Asker {
    private volatile boolean cancelled;
  }

  /**
   * Compacts a family's files, after those that are being compacted on request. Ends early when the
   * database is closed, or the asker wants it.
   *
   * @param blobs whether living values are moved out of old blob files
   */
  void compact(Family family, boolean blobs, Asker asker) {
    compacting.lock();
    try {
      compactNow(family, blobs, asker);
    } finally {
      compacting.unlock();
    }
  }

  private void compactNow(Family family, boolean blobs, Asker asker) {
    gate.enter();
    try (CompactRangeOptions how = new CompactRangeOptions()) {
      how.setBottommostLevelCompaction(BottommostLevelCompaction.kForce);
      // A run can be cancelled only if this was set before it began.
      how.setCanceled(false);
      announce(how, asker);
      try {
        db.setOptions(handle(family), RocksOptions.movingBlobs(blobs));
        db.compactRange(handle(family), null, null, how);
      } finally {
        announce(null, null);
        db.setOptions(handle(family), RocksOptions.movingBlobs(false));
      }
    } catch (RocksDBException e) {
      if (!closing && !asker.cancelled) {
        throw new StorageException("cannot compact files: family=" + family.title(), e);
      }
    } finally {
      gate.leave();
    }
  }

  /** What {@link #cancelCompaction} may cancel, as long as it is not freed. */
  private synchronized void announce(@Nullable CompactRangeOptions how, @Nullable Asker asker) {
    compaction = how;
    compactionOf = asker;
    if (how != null && (closing || (asker != null && asker.cancelled))) {
      how.setCanceled(true);
    }
  }

  /** Ends {@link #compact} early, one that runs and any that is asked for later. */
  synchronized void cancelCompaction() {
    closing = true;
    if (compaction != null) {
      compaction.setCanceled(true);
    }
  }

  /** Ends what somebody has asked for early, now and later. */
  synchronized void cancel(Asker asker) {
    asker.cancelled = true;
    if (compaction != null && compactionOf == asker) {
      compaction.setCanceled(true);
    }
  }

  /** Rows of a family that are not in a file yet. */
  long unflushedRows(Family family) {
    long rows = 0;
    for (String table : List.of("active-mem-table", "imm-mem-tables")) {
      rows += property(family, "rocksdb.num-entries-" + table);
      rows -= 2 * property(family, "rocksdb.num-deletes-" + table);
    }
    return rows;
  }

  /** Sizes of a family's sorted files. */
  Log.TableSizes tableSizes(Family family) {
    gate.enter();
    try {
      long raw = 0;
      long stored = 0;
      long rows = 0;
      for (TableProperties table : db.getPropertiesOfAllTables(handle(family)).values()) {
        raw += table.getRawKeySize() + table.getRawValueSize();
        stored += table.getDataSize() + table.getIndexSize() + table.getFilterSize();
        // A deletion hides a row that is counted in another file.
        rows += table.getNumEntries() - 2 * table.getNumDeletions();
      }
      return new Log.TableSizes(raw, stored, Math.max(0, rows));
    } catch (RocksDBException e) {
      throw RocksErrors.reading(family, e);
    } finally {
      gate.leave();
    }
  }

  /** Reads every block of every file and compares its checksum. */
  void verifyFiles() {
    gate.enter();
    try {
      db.verifyChecksum();
    } catch (RocksDBException e) {
      throw new CorruptStoreException("damaged file in the log: " + e.getMessage(), e);
    } finally {
      gate.leave();
    }
  }

  @Nullable Path directory() {
    return directory;
  }

  /** The names of the files that make the database up, and their sizes; -1 where it knows none. */
  Map<String, Long> files() {
    gate.enter();
    try {
      Map<String, Long> files = new TreeMap<>();
      for (String path : db.getLiveFiles(false).files) {
        files.put(path.substring(path.lastIndexOf('/') + 1), -1L);
      }
      for (LiveFileMetaData table : db.getLiveFilesMetaData()) {
        String path = table.fileName();
        files.put(path.substring(path.lastIndexOf('/') + 1), table.size());
      }
      return files;
    } catch (RocksDBException e) {
      throw new StorageException("cannot list the files of the log: why=" + e.getMessage(), e);
    } finally {
      gate.leave();
    }
  }

  boolean closed() {
    return gate.closed();
  }

  /** Why nothing is written any more; null while all is well. */
  @Nullable String failed() {
    return failure.reason();
  }

  @Override
  public void close() {
    cancelCompaction();
    if (!gate.close()) {
      return;
    }
    awaitFlush();
    for (ColumnFamilyHandle handle : allHandles) {
      handle.close();
    }
    db.close();
    latest.close();
    synced.close();
    buffered.close();
    unlogged.close();
    closeOptions();
    if (directory != null) {
      Directories.restrictFiles(directory);
    }
  }

  /**
   * Lets files be written whose writing has begun. RocksDB would break it off, and report that as
   * an error of a kind that its Java binding does not know: it prints a stack trace.
   */
  private void awaitFlush() {
    // An interrupt would end each pause at once.
    boolean interrupted = Thread.interrupted();
    try {
      long deadline = System.nanoTime() + MOST_FLUSH_NANOS;
      while (db.getLongProperty("rocksdb.num-running-flushes") > 0
          && System.nanoTime() < deadline) {
        LockSupport.parkNanos(FLUSH_TICK_NANOS);
      }
    } catch (RocksDBException e) {
      // It is only waited for.
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeOptions() {
    options.close();
    failure.close();
    if (memory != null) {
      memory.close();
    }
  }

  private ColumnFamilyHandle handle(Family family) {
    return Objects.requireNonNull(handles.get(family));
  }

  private WriteOptions writeOptions(Sync sync) {
    return switch (sync) {
      case SYNCED -> synced;
      case BUFFERED -> buffered;
      case UNLOGGED -> unlogged;
    };
  }

  private interface Act {
    void run() throws RocksDBException;
  }

  private void writing(Act act) {
    gate.enter();
    try {
      failure.check();
      act.run();
    } catch (RocksDBException e) {
      throw failure.unknown(e);
    } finally {
      gate.leave();
    }
  }

  /** The OPTIONS file must say what was asked: RocksDB ignores some settings silently. */
  private void checkOptions() {
    if (directory == null) {
      return;
    }
    try {
      OptionsFile.newest(directory).check(options.expected());
    } catch (IOException e) {
      throw new StorageException("cannot read the options of the log: path=" + directory, e);
    }
  }
}
