package dev.engram.internal.log;

import dev.engram.CorruptStoreException;
import dev.engram.EncryptionException;
import dev.engram.StorageException;
import dev.engram.internal.crypto.DataKeys;
import dev.engram.internal.crypto.KeySealer;
import dev.engram.internal.crypto.KeysLayout;
import dev.engram.internal.crypto.KeysLayout.Contents;
import dev.engram.internal.crypto.KeysLayout.Listed;
import dev.engram.internal.crypto.MasterKey;
import dev.engram.internal.crypto.Sealer;
import dev.engram.spi.KeySource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys of an encrypted store: the file in its directory, opened. Keys are added to it, and
 * removed only where no copy of the log in the directory needs them, so that each can be read with
 * the file as it is. What is removed stays in memory: readers may see rows as they were. So keys
 * that sealed since the file was opened are never removed: a transaction may hold what they sealed.
 * Thread-safe; the caller holds the lock of the directory where anything is written.
 */
public final class StoreKeys implements AutoCloseable {
  /** The file, in the directory of a store; where it is, the store is encrypted. */
  public static final String FILE = "engram.keys";

  private static final System.Logger LOG = System.getLogger(StoreKeys.class.getName());

  private final Path directory;
  private final KeySource source;
  private final InstantSource clock;
  private final CrashPoints points;
  private final SecureRandom random = new SecureRandom();
  private final KeySealer sealer;
  private DataKeys keys;
  private byte[] file;
  private final int sealedFrom;
  private Set<Integer> removed = Set.of();

  private StoreKeys(
      Path directory, KeySource source, InstantSource clock, CrashPoints points, byte[] file) {
    this.directory = directory;
    this.source = source;
    this.clock = clock;
    this.points = points;
    this.file = file;
    String id = KeysLayout.contents(file).masterKey();
    this.keys = MasterKey.use(source, id, master -> KeysLayout.unwrap(file, master));
    this.sealedFrom = KeysLayout.contents(file).keys().getLast().id();
    this.sealer = new KeySealer(keys, random);
  }

  /** Whether the store in a directory is encrypted. */
  public static boolean areIn(Path directory) {
    return Files.exists(directory.resolve(FILE));
  }

  /**
   * Opens the keys of the store in a directory; null where it is not encrypted and no key is given.
   * Changes nothing.
   *
   * @throws EncryptionException where it is encrypted and the key is missing or wrong, or where a
   *     key is given and it is not encrypted
   * @throws CorruptStoreException where the file is damaged
   */
  public static @Nullable StoreKeys find(
      Path directory, @Nullable KeySource source, InstantSource clock, CrashPoints points) {
    require(areIn(directory), source, "path=" + directory);
    return source == null ? null : new StoreKeys(directory, source, clock, points, read(directory));
  }

  /**
   * Checks that a key is given where one is needed, and none where none is.
   *
   * @param what names the store or the backup in errors
   */
  public static void require(boolean encrypted, @Nullable KeySource source, String what) {
    if (encrypted && source == null) {
      throw new EncryptionException(
          "it is encrypted and no key is given: " + what + "; give the keyring that opens it");
    }
    if (!encrypted && source != null) {
      throw new EncryptionException(
          "a key is given and there is no file of keys: "
              + what
              + "; where it is not encrypted, give none or make an encrypted copy; where it is, put"
              + " engram.keys back");
    }
  }

  /** Makes the keys of a store that is not there yet. The file is durable when this returns. */
  public static StoreKeys create(
      Path directory, KeySource source, InstantSource clock, CrashPoints points) {
    SecureRandom random = new SecureRandom();
    DataKeys fresh = DataKeys.fresh(random, clock.millis());
    try {
      String id = source.current();
      byte[] file = MasterKey.use(source, id, key -> KeysLayout.encode(fresh, id, key, random));
      publish(directory, file, points);
      return new StoreKeys(directory, source, clock, points, file);
    } finally {
      fresh.clear();
    }
  }

  /** What seals and opens the values of a store; null stands for one that is not encrypted. */
  public static Sealer sealerOf(@Nullable StoreKeys keys) {
    return keys == null ? Sealer.PLAIN : keys.sealer;
  }

  /** What the file says without a key. */
  public synchronized Contents contents() {
    return KeysLayout.contents(file);
  }

  /** Makes a data key, under which values are sealed from the return on; its id. */
  public synchronized int rotate() {
    String master = contents().masterKey();
    DataKeys more = keys.next(random, clock.millis());
    file = published(more, master);
    keys = more;
    sealer.use(more);
    return contents().keys().getLast().id();
  }

  /** Wraps the keys under the current master key; its id. */
  public synchronized String rewrap() {
    String master = source.current();
    file = published(keys, master);
    return master;
  }

  /** The ids of the keys that may be removed, where nothing needs them. */
  public synchronized List<Integer> removable() {
    return contents().keys().stream().map(Listed::id).filter(id -> id < sealedFrom).toList();
  }

  /** Removes what is {@link #removable} and not needed from the file; the ids of what was. */
  public synchronized List<Integer> remove(Set<Integer> needed) {
    List<Integer> gone = removable().stream().filter(id -> !needed.contains(id)).toList();
    if (!gone.isEmpty()) {
      Set<Integer> before = removed;
      removed = new HashSet<>(before);
      removed.addAll(gone);
      boolean done = false;
      try {
        file = published(keys, contents().masterKey());
        done = true;
      } finally {
        removed = done ? removed : before;
      }
    }
    return gone;
  }

  /**
   * Compares the file with what was last written.
   *
   * @throws CorruptStoreException where it is another one, or missing
   */
  public synchronized void verify() {
    Path at = directory.resolve(FILE);
    if (!Files.exists(at) || !Arrays.equals(read(directory), file)) {
      throw new CorruptStoreException("the file of keys is missing or was changed: path=" + at);
    }
  }

  private byte[] published(DataKeys held, String master) {
    DataKeys all = held.without(removed);
    byte[] fresh =
        MasterKey.use(source, master, key -> KeysLayout.encode(all, master, key, random));
    publish(directory, fresh, points);
    return fresh;
  }

  private static void publish(Path directory, byte[] file, CrashPoints points) {
    try {
      Directories.publish(directory.resolve(FILE), file, () -> points.reach("keys-written"));
      points.reach("keys-published");
    } catch (IOException e) {
      throw new StorageException(
          "the file of keys cannot be written: path=" + directory + ", why=" + e, e);
    }
  }

  private static byte[] read(Path directory) {
    Path file = directory.resolve(FILE);
    try {
      if (Files.size(file) > KeysLayout.MAX_BYTES) {
        throw new CorruptStoreException(
            "damaged file of keys: path=" + file + ", most=" + KeysLayout.MAX_BYTES);
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new StorageException("cannot read the file of keys: path=" + file, e);
    }
  }

  /** Gives a copy of a log, made before, the keys that it needs; nothing where there are none. */
  public static void copy(Path store, Path target) {
    try {
      if (areIn(store)) {
        Directories.publish(target.resolve(FILE), read(store), () -> {});
      }
    } catch (IOException e) {
      throw new StorageException("the file of keys cannot be copied: path=" + target, e);
    }
  }

  /**
   * Adds to the keys of a store that was made anew those of the store in whose place it will be:
   * its snapshots need them. Nothing where either has none, or they are of another store.
   *
   * @param store whose place it is
   * @param made the directory of the store that was made
   */
  public static void keepBoth(Path store, Path made, @Nullable KeySource source) {
    if (source == null || !areIn(store) || !areIn(made)) {
      return;
    }
    byte[] own;
    try {
      own = read(store);
    } catch (CorruptStoreException e) {
      LOG.log(System.Logger.Level.WARNING, "snapshots may lack their keys: why=" + e.getMessage());
      return;
    }
    String master = KeysLayout.contents(own).masterKey();
    try (StoreKeys fresh =
        new StoreKeys(made, source, InstantSource.system(), CrashPoints.NONE, read(made))) {
      DataKeys before = MasterKey.use(source, master, key -> KeysLayout.unwrap(own, key));
      try {
        DataKeys both = fresh.keys.and(before);
        if (both != null) {
          byte[] _ = fresh.published(both, master);
        }
      } finally {
        before.clear();
      }
    }
  }

  /** Overwrites the keys. The log is closed before. */
  @Override
  public void close() {
    sealer.clear();
  }
}
