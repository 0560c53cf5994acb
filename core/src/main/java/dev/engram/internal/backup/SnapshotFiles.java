package dev.engram.internal.backup;

import dev.engram.CorruptStoreException;
import dev.engram.EngramException;
import dev.engram.NotFoundException;
import dev.engram.StorageException;
import dev.engram.internal.format.Digest;
import dev.engram.internal.format.ManifestLayout;
import dev.engram.internal.format.ManifestLayout.Entry;
import dev.engram.internal.format.ManifestLayout.Kind;
import dev.engram.internal.format.ManifestLayout.Manifest;
import dev.engram.internal.log.CrashPoints;
import dev.engram.internal.log.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots in the directory of a store: {@code snapshots/N/}, each with {@code log/}, {@code
 * views/} and a {@code manifest}, which is written last. A directory without one is no snapshot:
 * its making or its deletion was cut short. Does not serialise its callers.
 */
public final class SnapshotFiles {
  /** The directory of the log in a snapshot. */
  public static final String LOG = "log";

  /** The directory of the views in a snapshot. */
  public static final String VIEWS = "views";

  private static final System.Logger LOGGER = System.getLogger(SnapshotFiles.class.getName());
  private static final String DIRECTORY = "snapshots";
  private static final String MANIFEST = "manifest";

  private final Path root;
  private final CrashPoints points;

  public SnapshotFiles(Path store, CrashPoints points) {
    this.root = store.resolve(DIRECTORY);
    this.points = points;
  }

  /** All snapshots that can be read, newest first. */
  public List<Snapshot> list() {
    List<Snapshot> found = new ArrayList<>();
    for (long number : numbers()) {
      try {
        Snapshot snapshot = read(number);
        if (snapshot != null) {
          found.add(snapshot);
        }
      } catch (EngramException e) {
        LOGGER.log(System.Logger.Level.WARNING, "a snapshot is left out: why=" + e.getMessage());
      }
    }
    return found;
  }

  /** What is wrong with each snapshot that cannot be read. */
  public List<String> unreadable() {
    List<String> found = new ArrayList<>();
    for (long number : numbers()) {
      try {
        Snapshot _ = read(number);
      } catch (EngramException e) {
        found.add(String.valueOf(e.getMessage()));
      }
    }
    return found;
  }

  /**
   * The newest snapshot of a name.
   *
   * @throws NotFoundException where there is none
   * @throws EngramException where there is none, but one that cannot be read
   */
  public Snapshot find(String name) {
    EngramException unreadable = null;
    for (long number : numbers()) {
      try {
        Snapshot snapshot = read(number);
        if (snapshot != null && snapshot.manifest().name().equals(name)) {
          return snapshot;
        }
      } catch (EngramException e) {
        unreadable = e;
      }
    }
    if (unreadable != null) {
      throw unreadable;
    }
    throw new NotFoundException("snapshot not found: name=" + name + "; list those that are there");
  }

  /** An empty directory for a snapshot to be made in. */
  public Path begin() {
    List<Long> numbers = numbers();
    Path directory = root.resolve(Long.toString(numbers.isEmpty() ? 1 : numbers.getFirst() + 1));
    Directories.makePrivate(directory);
    return directory;
  }

  /** What lies in a directory from {@link #begin}, with digests of what does not check itself. */
  public static List<Entry> entries(Path directory) throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String path = directory.relativize(file).toString().replace('\\', '/');
        String digest = checksItself(path) ? "" : Digest.hex(file);
        entries.add(new Entry(path, Files.size(file), digest));
      }
    }
    return entries;
  }

  /**
   * Blocks of data files and views have checksums of their own, which are compared in a restore.
   */
  private static boolean checksItself(String path) {
    return path.startsWith(VIEWS + "/") || path.endsWith(".sst") || path.endsWith(".blob");
  }

  /** From the return on a directory from {@link #begin} is a snapshot, durably. */
  public void publish(Path directory, Manifest manifest) {
    try {
      Directories.syncAll(directory);
      Directories.sync(root);
      points.reach("snapshot-durable");
      Directories.publish(
          directory.resolve(MANIFEST),
          ManifestLayout.encode(manifest),
          () -> points.reach("snapshot-manifest-written"));
      points.reach("snapshot-published");
    } catch (IOException e) {
      throw new StorageException("the snapshot cannot be written: path=" + directory, e);
    }
  }

  /** Deletes a snapshot, so that half of one is never found. */
  public void delete(Snapshot snapshot) {
    discard(snapshot.directory());
  }

  /** Deletes a directory from {@link #begin}, whether it is a snapshot or not. */
  public void discard(Path directory) {
    try {
      if (Files.deleteIfExists(directory.resolve(MANIFEST))) {
        Directories.sync(directory);
      }
    } catch (IOException e) {
      throw new StorageException(
          "the snapshot cannot be deleted: path=" + directory + ", why=" + e, e);
    }
    points.reach("snapshot-unpublished");
    Directories.delete(directory);
    points.reach("snapshot-deleted");
  }

  /** Deletes what is no snapshot. None is being made. */
  public void sweep() {
    for (long number : numbers()) {
      Path directory = root.resolve(Long.toString(number));
      if (!Files.exists(directory.resolve(MANIFEST))) {
        Directories.delete(directory);
      }
    }
  }

  /** The numbers of all directories, the largest first. */
  private List<Long> numbers() {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> directories = Files.list(root)) {
      return directories
          .map(directory -> directory.getFileName().toString())
          .filter(name -> name.matches("[1-9][0-9]{0,17}"))
          .map(Long::valueOf)
          .sorted(Comparator.reverseOrder())
          .toList();
    } catch (IOException e) {
      throw new StorageException("the snapshots cannot be listed: path=" + root, e);
    }
  }

  private @Nullable Snapshot read(long number) {
    Path directory = root.resolve(Long.toString(number));
    Path file = directory.resolve(MANIFEST);
    if (!Files.exists(file)) {
      return null;
    }
    String what = "snapshot manifest " + file;
    try {
      if (Files.size(file) > ManifestLayout.MAX_BYTES) {
        throw new CorruptStoreException(
            "damaged "
                + what
                + ": bytes="
                + Files.size(file)
                + ", most="
                + ManifestLayout.MAX_BYTES);
      }
      Manifest manifest = ManifestLayout.decode(Files.readAllBytes(file), what);
      if (manifest.kind() != Kind.SNAPSHOT) {
        throw new CorruptStoreException("damaged " + what + ": kind=" + manifest.kind());
      }
      return new Snapshot(number, directory, manifest);
    } catch (IOException e) {
      throw new StorageException("cannot read " + what + ": why=" + e, e);
    }
  }
}
