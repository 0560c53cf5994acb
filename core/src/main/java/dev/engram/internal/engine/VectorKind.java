package dev.engram.internal.engine;

import dev.engram.CancelledException;
import dev.engram.ClosedException;
import dev.engram.CommitId;
import dev.engram.NotFoundException;
import dev.engram.Quantization;
import dev.engram.StorageException;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.VectorLayout;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.Log;
import dev.engram.internal.vector.Originals;
import dev.engram.internal.vector.PartitionedVectorIndex;
import dev.engram.internal.vector.SegmentDirectory;
import dev.engram.internal.vector.SegmentStore;
import dev.engram.internal.view.StateReader;
import dev.engram.spi.Change;
import dev.engram.spi.StateSnapshot;
import dev.engram.spi.StateSnapshot.CollectionRow;
import dev.engram.spi.View.Findings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Vector indexes as partitions. In a store on disk each has a directory, in which its segments are
 * found again. Thread-safe.
 */
final class VectorKind implements Partitions.Kind<PartitionedVectorIndex> {
  static final String NAME = "vectors";

  private static final System.Logger LOG = System.getLogger(VectorKind.class.getName());
  private static final long BYTES_PER_INDEX = 1_024;

  /** Whoever waits for an index to be loaded has the machine to himself. */
  private static final int LOADING_THREADS =
      Math.max(1, Runtime.getRuntime().availableProcessors());

  /** How long a writer waits at most for an index that is behind. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private final Log log;
  private final IntFunction<@Nullable CatalogEntry> collections;

  /** The newest index of each collection, by the name of its directory. */
  private final Map<String, WeakReference<PartitionedVectorIndex>> opened =
      new ConcurrentHashMap<>();

  private volatile Optional<Path> directory = Optional.empty();
  private volatile boolean behind;
  private volatile boolean closing;

  /** Numbers of collections whose directories are to be deleted. */
  private final Set<Integer> dropped = ConcurrentHashMap.newKeySet();

  /**
   * @param collections a collection by its number; null where there is none
   */
  VectorKind(Log log, IntFunction<@Nullable CatalogEntry> collections) {
    this.log = log;
    this.collections = collections;
  }

  @Override
  public String name() {
    return NAME;
  }

  /** Lets go what was left of collections that are gone. */
  @Override
  public void open(Optional<Path> newDirectory) {
    directory = newDirectory;
    deleteDropped();
  }

  /** The catalog may not know yet that a collection was dropped. */
  private void deleteDropped() {
    Set<Integer> gone = Set.copyOf(dropped);
    for (Path each : directories()) {
      if (gone.contains(numberOf(each)) || collections.apply(numberOf(each)) == null) {
        stop(each.getFileName().toString());
        Directories.delete(each);
      }
    }
    dropped.removeAll(gone);
  }

  @Override
  public void drop(int collection) {
    dropped.add(collection);
  }

  @Override
  public PartitionedVectorIndex load(CollectionRow collection, StateReader state) {
    try {
      return loaded(collection, state);
    } catch (UncheckedIOException | InternalError e) {
      throw new StorageException(
          "a vector index cannot be loaded: collection="
              + collection.number()
              + ", why="
              + e
              + "; check the device",
          e);
    }
  }

  private PartitionedVectorIndex loaded(CollectionRow collection, StateReader state) {
    CatalogEntry entry = collections.apply(collection.number());
    if (entry == null) {
      throw new NotFoundException("the collection is gone: number=" + collection.number());
    }
    PartitionedVectorIndex index = open(collection, entry);
    BitSet missing = new BitSet();
    state.forEachVectorOrdinal(collection, missing::set);
    int vectors = missing.cardinality();
    index.retain(missing::get);
    missing.andNot(index.coded());
    index.fill(vectors);
    boolean[] writable = {true};
    state.forEachVector(
        collection,
        missing,
        (ordinal, vector) -> {
          if (closing) {
            throw new ClosedException("the store is closed; open it again");
          }
          index.put(ordinal, vector);
          if (writable[0] && index.isFull()) {
            writable[0] = written(() -> index.flush(false));
          }
        });
    boolean _ = written(index::filled);
    return index;
  }

  /**
   * Whether an index that is being loaded could be written. Else its tail holds what it should; it
   * is tried again later.
   */
  private static boolean written(Runnable work) {
    try {
      work.run();
      return true;
    } catch (UncheckedIOException | InternalError e) {
      // An error: that of a mapped page that the device has no room for.
      if (e.getCause() instanceof ClosedByInterruptException) {
        throw new CancelledException("cancelled by an interrupt while a vector index was made", e);
      }
      LOG.log(System.Logger.Level.WARNING, "a vector index is not written: why=" + e);
      return false;
    }
  }

  /** An index of what its directory holds. Another of the same collection writes no more. */
  private PartitionedVectorIndex open(CollectionRow collection, CatalogEntry entry) {
    String name = nameOf(collection);
    stop(name);
    PartitionedVectorIndex index =
        new PartitionedVectorIndex(
            collection.dimension(),
            entry.descriptor().metric(),
            () -> quantization(entry),
            segments(collection, entry.descriptor().resident()),
            originals(collection),
            LOADING_THREADS);
    opened.put(name, new WeakReference<>(index));
    return index;
  }

  /** As it is now; of a collection that is gone, as it was. */
  private Quantization quantization(CatalogEntry opened) {
    CatalogEntry now = collections.apply(opened.number());
    return (now == null ? opened : now).descriptor().quantization();
  }

  /** Waits until the index that was opened last in a directory writes no more. */
  private void stop(String name) {
    WeakReference<PartitionedVectorIndex> former = opened.remove(name);
    PartitionedVectorIndex index = former == null ? null : former.get();
    if (index != null) {
      index.stop();
    }
  }

  @Override
  public void breakOff() {
    closing = true;
  }

  @Override
  public void stop() {
    opened.keySet().forEach(this::stop);
  }

  @Override
  public void release(PartitionedVectorIndex index) {
    index.retire();
  }

  /** Waits, for a while, until an index that is far behind has caught up. */
  void throttle() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (behind && System.nanoTime() < deadline && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(2_000_000);
    }
  }

  /** Lets go what is left of dropped collections, and flushes tails. One call at a time. */
  void flush(List<PartitionedVectorIndex> indexes) {
    if (!dropped.isEmpty()) {
      attempt(this::deleteDropped);
    }
    indexes.forEach(index -> attempt(() -> index.flush(index.isIdle())));
    behind = indexes.stream().anyMatch(PartitionedVectorIndex::isOverfull);
  }

  /** Does for each index what is due and takes longer. One call at a time. */
  void improve(List<PartitionedVectorIndex> indexes) {
    indexes.forEach(index -> attempt(() -> index.improve(index.isIdle())));
    behind = indexes.stream().anyMatch(PartitionedVectorIndex::isOverfull);
  }

  /** The log has what an index cannot write; so it is tried again at the next turn. */
  private static void attempt(Runnable work) {
    try {
      work.run();
    } catch (CancelledException e) {
      // The store is being closed.
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      // An error too, such as that of a page that the disk has no room for: the other indexes go
      // on.
      if (!(e.getCause() instanceof ClosedByInterruptException)) {
        LOG.log(System.Logger.Level.WARNING, "a vector index is not written: why=" + e);
      }
    }
  }

  Originals originals(CollectionRow collection) {
    return ordinals -> {
      List<float @Nullable []> vectors = new ArrayList<>(ordinals.length);
      List<byte[]> keys = new ArrayList<>(ordinals.length);
      for (int ordinal : ordinals) {
        keys.add(Keys.record(collection.number(), collection.epoch(), ordinal));
      }
      List<byte @Nullable []> stored = log.getAll(Family.VECTORS, keys);
      for (int i = 0; i < ordinals.length; i++) {
        byte[] row = stored.get(i);
        vectors.add(row == null ? null : VectorLayout.decode(keys.get(i), row));
      }
      return vectors;
    };
  }

  private SegmentStore segments(CollectionRow collection, boolean resident) {
    if (directory.isEmpty()) {
      return SegmentStore.inMemory();
    }
    Path own = directory.get().resolve(nameOf(collection));
    Directories.makePrivate(own);
    return new SegmentDirectory(own, new LogOwner(log), resident);
  }

  private static String nameOf(CollectionRow collection) {
    return collection.number() + "-" + collection.epoch();
  }

  private List<Path> directories() {
    if (directory.isEmpty()) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(directory.get())) {
      return all.filter(path -> path.getFileName().toString().matches("[0-9]+-[0-9]+")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int numberOf(Path path) {
    String name = path.getFileName().toString();
    return Integer.parseInt(name.substring(0, name.indexOf('-')));
  }

  /** Whether a manifest's words tell of a commit that the log's own timeline does not have. */
  static boolean isAhead(Log log, String words) {
    String[] parts = words.split(" ", -1);
    CommitId last = log.last();
    return parts.length == 3
        && parts[0].equals(log.storeId())
        && Long.parseLong(parts[1]) == last.timeline()
        && Long.parseLong(parts[2]) > last.lsn();
  }

  /** Whether a collection has an index in files. */
  boolean hasFiles(CollectionRow collection) {
    return directory.isPresent() && Files.isDirectory(directory.get().resolve(nameOf(collection)));
  }

  /** Segments hold what is durable in the log, and are good for the log that made them. */
  private record LogOwner(Log log) implements SegmentDirectory.Owner {
    @Override
    public String seal() {
      CommitId reached = log.last();
      log.makeDurable();
      return log.storeId() + " " + reached.timeline() + " " + reached.lsn();
    }

    @Override
    public void reached(String point) {
      log.reach(point);
    }

    @Override
    public boolean accepts(String words) {
      String[] parts = words.split(" ", -1);
      return parts.length == 3
          && log.holds(parts[0], new CommitId(Long.parseLong(parts[1]), Long.parseLong(parts[2])));
    }
  }

  @Override
  public void put(PartitionedVectorIndex index, Change.RecordPut put) {
    float[] vector = put.record().vector();
    if (put.fresh() && vector != null) {
      index.put(put.record().ordinal(), vector);
    }
  }

  @Override
  public void remove(PartitionedVectorIndex index, int ordinal) {
    boolean _ = index.remove(ordinal);
  }

  /** A search meanwhile may see some of the new vectors, and old ones whose records are gone. */
  @Override
  public void atomically(PartitionedVectorIndex index, Runnable changes) {
    changes.run();
    behind |= index.isOverfull();
  }

  @Override
  public long bytes(PartitionedVectorIndex index) {
    return BYTES_PER_INDEX + index.bytes();
  }

  @Override
  public void verify(
      PartitionedVectorIndex index,
      CollectionRow collection,
      StateSnapshot state,
      Findings findings) {
    int[] seen = {0};
    state.forEachRecord(
        collection,
        true,
        row -> {
          float[] vector = row.vector();
          if (vector != null) {
            seen[0]++;
            int ordinal = row.ordinal();
            if (!index.holds(ordinal, vector)) {
              findings.add(
                  "a vector is not indexed: collection="
                      + row.collection()
                      + ", ordinal="
                      + ordinal);
            }
          }
        });
    if (seen[0] != index.size()) {
      findings.add(
          "the vector index differs: collection="
              + collection.number()
              + ", indexed="
              + index.size()
              + ", stored="
              + seen[0]);
    }
  }
}
