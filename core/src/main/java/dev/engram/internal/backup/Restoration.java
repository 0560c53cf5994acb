package dev.engram.internal.backup;

import dev.engram.StorageException;
import dev.engram.internal.log.CrashPoints;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.StoreKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * Puts a restored store in the place of what a directory holds. Any step may be the last one before
 * a crash: what is not ready is dropped at the next opening, and what is ready is put in place.
 *
 * <pre>
 *   engram-restore/   log/ views/ engram.store   the restored store
 *                     engram.keys                where it is encrypted and another one
 *                     engram.follower            where it is a follower
 *                     ready                      from now on it will be put in place
 *                     old-…                      what was there
 * </pre>
 *
 * The caller holds the lock of the directory. Not thread-safe.
 */
public final class Restoration implements AutoCloseable {
  /** Where a restored store is made ready, in the directory of the store. */
  public static final String DIRECTORY = "engram-restore";

  private static final String READY = "ready";
  private static final byte[] READY_TEXT = "restore\n".getBytes(StandardCharsets.US_ASCII);
  private static final List<String> PARTS =
      List.of(StoreKeys.FILE, "log", "views", FollowerMark.FILE, "engram.store");

  private final Path store;
  private final Path staging;
  private final CrashPoints points;

  private Restoration(Path store, CrashPoints points) {
    this.store = store;
    this.staging = store.resolve(DIRECTORY);
    this.points = points;
  }

  /** Begins: makes an empty {@link #staging} directory. */
  public static Restoration begin(Path store, CrashPoints points) {
    Restoration fresh = new Restoration(store, points);
    Directories.delete(fresh.staging);
    Directories.makePrivate(fresh.staging);
    return fresh;
  }

  /** Whether a restore was cut short here, or is going on. */
  public static boolean isUnderWay(Path store) {
    return Files.exists(store.resolve(DIRECTORY));
  }

  /**
   * Finishes a restore that was cut short when it was ready, and drops one that was not.
   *
   * @return whether there was one
   */
  public static boolean settle(Path store, CrashPoints points) {
    if (!isUnderWay(store)) {
      return false;
    }
    Restoration found = new Restoration(store, points);
    if (Files.exists(found.staging.resolve(READY))) {
      found.putInPlace();
    }
    Directories.delete(found.staging);
    return true;
  }

  /** Where the parts of the restored store are made. */
  public Path staging() {
    return staging;
  }

  /** Puts the parts that were made in place, and what was there away. */
  public void publish() {
    try {
      Directories.syncAll(staging);
      Directories.sync(store);
      points.reach("restore-made");
      Directories.publish(
          staging.resolve(READY), READY_TEXT, () -> points.reach("restore-ready-written"));
      points.reach("restore-ready");
    } catch (IOException e) {
      throw failed(e);
    }
    putInPlace();
    Directories.delete(staging);
    points.reach("restore-done");
  }

  private void putInPlace() {
    try {
      for (String part : PARTS) {
        putInPlace(part);
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void putInPlace(String part) throws IOException {
    Path fresh = staging.resolve(part);
    if (!Files.exists(fresh)) {
      return;
    }
    Path place = store.resolve(part);
    if (Files.exists(place)) {
      move(place, staging.resolve("old-" + part));
      points.reach("restore-" + part + "-put-away");
    }
    move(fresh, place);
    points.reach("restore-" + part + "-put-in-place");
  }

  private void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    Directories.sync(staging);
    Directories.sync(store);
  }

  private StorageException failed(IOException e) {
    return new StorageException(
        "the restore cannot be finished: path="
            + store
            + ", why="
            + e
            + "; mend the device and open the store, which finishes or drops it",
        e);
  }

  /** Drops what was made, unless it is ready. */
  @Override
  public void close() {
    if (!Files.exists(staging.resolve(READY))) {
      Directories.delete(staging);
    }
  }
}
