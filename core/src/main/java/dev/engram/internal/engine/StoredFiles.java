package dev.engram.internal.engine;

import dev.engram.CancelledException;
import dev.engram.CorruptStoreException;
import dev.engram.EngramException;
import dev.engram.StorageException;
import dev.engram.internal.backup.Snapshot;
import dev.engram.internal.backup.SnapshotFiles;
import dev.engram.internal.format.Digest;
import dev.engram.internal.format.ManifestLayout;
import dev.engram.internal.log.CrashPoints;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.Log;
import dev.engram.internal.log.LogFiles;
import dev.engram.internal.text.TextIndex;
import dev.engram.internal.vector.SegmentDirectory;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * The files of an open store in a directory, and what is wrong with each. The store goes on
 * meanwhile: a file that is let go while it is read is not damaged. Thread-safe.
 */
final class StoredFiles {
  private static final String TEXT = StoreFiles.VIEWS + "/" + TextView.NAME + "/";
  private static final String VECTORS = StoreFiles.VIEWS + "/" + VectorKind.NAME + "/";
  private static final String IN_LOG = StoreFiles.LOG + "/";

  private final Path root;
  private final Log log;

  StoredFiles(Path root, Log log) {
    this.root = root;
    this.log = log;
  }

  /**
   * A file.
   *
   * @param path below the directory of the store, its parts separated by {@code /}
   * @param kind the path that it has in the store, or in the snapshot that it is of
   * @param bytes its size, if that is known; else -1
   * @param digest SHA-256 in hexadecimal; empty where its content checks itself
   */
  record Stored(String path, String kind, long bytes, String digest) {}

  /** All files that make the store up now, by path; those that nobody can list are left out. */
  List<Stored> list() {
    List<Stored> all = new ArrayList<>();
    all.add(new Stored(StoreFiles.MARK, StoreFiles.MARK, -1, ""));
    log.files().forEach((name, bytes) -> all.add(of(IN_LOG + name, bytes)));
    addText(all);
    for (String index : Directories.names(root.resolve(VECTORS))) {
      addVectors(all, VECTORS + index + "/");
    }
    for (Snapshot snapshot : new SnapshotFiles(root, CrashPoints.NONE).list()) {
      addSnapshot(all, snapshot);
    }
    all.sort(Comparator.comparing(Stored::path));
    return all;
  }

  private static Stored of(String path, long bytes) {
    return new Stored(path, path, bytes, "");
  }

  private void addText(List<Stored> all) {
    try {
      TextIndex.committedFiles(root.resolve(TEXT)).forEach(name -> all.add(of(TEXT + name, -1)));
    } catch (IOException | RuntimeException e) {
      // The file that names the others is damaged: that shows when it is checked.
      Directories.names(root.resolve(TEXT)).stream()
          .filter(name -> name.startsWith("segments_"))
          .forEach(name -> all.add(of(TEXT + name, -1)));
    }
  }

  private void addVectors(List<Stored> all, String index) {
    try {
      SegmentDirectory.published(root.resolve(index))
          .forEach(name -> all.add(of(index + name, -1)));
    } catch (CorruptStoreException | IOException e) {
      all.add(of(index + "manifest", -1));
    }
  }

  /** But for those files that are the store's own, under another name. */
  private void addSnapshot(List<Stored> all, Snapshot snapshot) {
    String parent = root.relativize(snapshot.directory()).toString().replace('\\', '/') + "/";
    for (ManifestLayout.Entry file : snapshot.manifest().files()) {
      if (!isShared(root.resolve(parent + file.path()), root.resolve(file.path()))) {
        all.add(new Stored(parent + file.path(), file.path(), file.bytes(), file.digest()));
      }
    }
  }

  private static boolean isShared(Path file, Path own) {
    try {
      return Files.exists(own) && Files.isSameFile(file, own);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * What is wrong with a file; empty where nothing is, or where it was let go meanwhile.
   *
   * @param whole whether every byte is read
   * @param passed is told of bytes that were read
   */
  String problem(Stored file, boolean whole, LongConsumer passed) {
    String found = attempt(file, whole, passed);
    if (found.isEmpty()) {
      return "";
    }
    // Another one may have taken its name: what is damaged is so when it is looked at again.
    return list().stream()
        .filter(each -> each.path().equals(file.path()))
        .findAny()
        .map(each -> attempt(each, whole, bytes -> {}))
        .orElse("");
  }

  private String attempt(Stored file, boolean whole, LongConsumer passed) {
    try {
      check(file, root.resolve(file.path()), whole, passed);
      return "";
    } catch (CorruptStoreException e) {
      return String.valueOf(e.getMessage());
    } catch (NoSuchFileException e) {
      return "the file is missing";
    } catch (ClosedByInterruptException e) {
      throw new CancelledException("interrupted while a file was checked", e);
    } catch (StorageException | IOException | InternalError e) {
      // An error: that of a mapped page that the device does not give.
      if (Thread.currentThread().isInterrupted()) {
        throw new CancelledException("interrupted while a file was checked", e);
      }
      return "the file cannot be read: why=" + e;
    }
  }

  private void check(Stored file, Path place, boolean whole, LongConsumer passed)
      throws IOException {
    long bytes = Files.size(place);
    if (file.bytes() >= 0 && bytes != file.bytes()) {
      throw new CorruptStoreException(
          "the file has another size: bytes=" + bytes + ", written=" + file.bytes());
    }
    if (!file.digest().isEmpty()) {
      checkDigest(file, place, whole, passed);
    } else if (file.kind().startsWith(IN_LOG)) {
      checkLog(place, whole, passed);
    } else if (file.kind().startsWith(TEXT)) {
      TextIndex.check(place, whole);
      passed.accept(whole ? bytes : 0);
    } else if (file.kind().startsWith(VECTORS)) {
      SegmentDirectory.check(place, whole, passed);
    } else {
      checkMark();
    }
  }

  private static void checkDigest(Stored file, Path place, boolean whole, LongConsumer passed)
      throws IOException {
    if (whole) {
      if (!Digest.hex(place).equals(file.digest())) {
        throw new CorruptStoreException("its digest is wrong");
      }
      passed.accept(file.bytes());
    }
  }

  private static void checkLog(Path place, boolean whole, LongConsumer passed) throws IOException {
    if (whole) {
      LogFiles.verify(place, passed);
    } else {
      LogFiles.checkEnds(place);
    }
  }

  private void checkMark() {
    try {
      StoreFiles.requireMade(root);
    } catch (EngramException e) {
      throw new CorruptStoreException(String.valueOf(e.getMessage()), e);
    }
  }

  /** What mends a damaged file. */
  static String mend(String path) {
    if (path.startsWith(StoreFiles.VIEWS + "/")) {
      return "'engram repair' drops it, and it is rebuilt";
    }
    if (!path.startsWith(IN_LOG)) {
      return path.equals(StoreFiles.MARK)
          ? "restore a snapshot or a backup, or write the line anew"
          : "delete the snapshot; the store is not touched by it";
    }
    return LogFiles.isAppended(path.substring(IN_LOG.length()))
        ? "make a checkpoint before the store is closed, and check again: other files take its"
            + " place"
        : "close the store and run 'engram repair --from' with its backups, or restore one";
  }
}
