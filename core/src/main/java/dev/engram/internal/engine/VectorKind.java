package dev.engram.internal.engine;

import dev.engram.CommitId;
import dev.engram.EngramException;
import dev.engram.Metric;
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
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
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

  /** How long a writer waits at most for an index that is behind. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private final Log log;
  private final IntFunction<@Nullable CatalogEntry> collections;
  private volatile Optional<Path> directory = Optional.empty();
  private volatile boolean behind;
  private volatile boolean dropped;

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

  private void deleteDropped() {
    dropped = false;
    for (Path each : directories()) {
      if (collections.apply(numberOf(each)) == null) {
        Directories.delete(each);
      }
    }
  }

  @Override
  public void drop(int collection) {
    dropped = true;
  }

  @Override
  public PartitionedVectorIndex load(CollectionRow collection, StateReader state) {
    CatalogEntry entry = collections.apply(collection.number());
    Metric metric = entry == null ? Metric.COSINE : entry.descriptor().metric();
    PartitionedVectorIndex index =
        new PartitionedVectorIndex(
            collection.dimension(), metric, segments(collection), originals(collection));
    BitSet present = new BitSet();
    state.forEachRecord(
        collection,
        false,
        row -> {
          if (row.hasVector()) {
            present.set(row.ordinal());
          }
        });
    index.retain(present::get);
    state.forEachVector(
        collection,
        ordinal -> !index.has(ordinal),
        row -> {
          put(index, new Change.RecordPut(row, true));
          if (index.isFull()) {
            index.tend(false);
          }
        });
    return index;
  }

  /** Waits, for a while, until an index that is far behind has caught up. */
  void throttle() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (behind && System.nanoTime() < deadline) {
      LockSupport.parkNanos(2_000_000);
    }
  }

  /** Does for each index what is due. Called by one thread at a time. */
  void tend(List<PartitionedVectorIndex> indexes) {
    if (dropped) {
      try {
        deleteDropped();
      } catch (UncheckedIOException | EngramException e) {
        // One of them was still being written: it is deleted next time.
        dropped = true;
      }
    }
    for (PartitionedVectorIndex index : indexes) {
      try {
        index.tend();
      } catch (UncheckedIOException | EngramException e) {
        if (e.getCause() instanceof ClosedByInterruptException) {
          // The store is being closed.
          return;
        }
        LOG.log(System.Logger.Level.WARNING, "a vector index is not written: why=" + e);
      }
    }
    behind = false;
  }

  private Originals originals(CollectionRow collection) {
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

  private SegmentStore segments(CollectionRow collection) {
    if (directory.isEmpty()) {
      return SegmentStore.inMemory();
    }
    Path own = directory.get().resolve(collection.number() + "-" + collection.epoch());
    Directories.makePrivate(own);
    return new SegmentDirectory(own, new LogOwner(log));
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

  /** Segments hold what is durable in the log, and are good for the log that made them. */
  private record LogOwner(Log log) implements SegmentDirectory.Owner {
    @Override
    public String seal() {
      CommitId reached = log.last();
      log.makeDurable();
      return log.storeId() + " " + reached.timeline() + " " + reached.lsn();
    }

    @Override
    public boolean accepts(String words) {
      String[] parts = words.split(" ", -1);
      CommitId last = log.last();
      return parts.length == 3
          && parts[0].equals(log.storeId())
          && Long.parseLong(parts[1]) == last.timeline()
          && Long.parseLong(parts[2]) <= last.lsn();
    }
  }

  @Override
  public void put(PartitionedVectorIndex index, Change.RecordPut put) {
    float[] vector = put.record().vector();
    if (put.fresh() && vector != null) {
      index.put(put.record().ordinal(), vector);
      behind |= index.isOverfull();
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
