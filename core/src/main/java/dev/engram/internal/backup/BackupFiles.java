package dev.engram.internal.backup;

import dev.engram.CancelledException;
import dev.engram.CorruptStoreException;
import dev.engram.EngramException;
import dev.engram.InvalidInputException;
import dev.engram.MismatchException;
import dev.engram.NotFoundException;
import dev.engram.StorageException;
import dev.engram.internal.format.IdentityLayout.Identity;
import dev.engram.internal.format.ManifestLayout;
import dev.engram.internal.format.ManifestLayout.Entry;
import dev.engram.internal.format.ManifestLayout.Kind;
import dev.engram.internal.format.ManifestLayout.Manifest;
import dev.engram.internal.log.CommitFiles;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.StoreKeys;
import dev.engram.internal.parallel.InOrder;
import dev.engram.spi.ObjectInfo;
import dev.engram.spi.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.Checksum;

/**
 * Backups in an object store:
 *
 * <pre>
 *   backups/ID        a manifest, written last; its name is the id
 *   objects/SHA-256   the bytes of a file, once for all backups that hold it
 * </pre>
 *
 * Thread-safe, as the object store is.
 */
public final class BackupFiles {
  private static final String MANIFESTS = "backups/";
  private static final String OBJECTS = "objects/";
  private static final String LOG_FILES = "log/";

  /** Most backups that one continues. */
  private static final int MAX_CHAIN = 10_000;

  private static final System.Logger LOG = System.getLogger(BackupFiles.class.getName());
  private static final int BUFFER_BYTES = 1 << 17;

  /** Files at once, on fewer cores too: while one waits for a device, others compute digests. */
  private static final int THREADS = 4;

  private final ObjectStore target;

  public BackupFiles(ObjectStore target) {
    this.target = target;
  }

  /** The ids of all backups, newest first. */
  public List<String> ids() {
    return target.list(MANIFESTS).stream()
        .map(each -> each.name().substring(MANIFESTS.length()))
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  /** All backups that can be read, newest first. */
  public List<Manifest> list() {
    List<Manifest> all = new ArrayList<>();
    for (String id : ids()) {
      try {
        all.add(read(id));
      } catch (CorruptStoreException | MismatchException e) {
        LOG.log(System.Logger.Level.WARNING, "a backup is left out: why=" + e.getMessage());
      }
    }
    return all;
  }

  /**
   * All backups, newest first, for who deletes some: one that cannot be read may need any.
   *
   * @throws CorruptStoreException where one is damaged, which it names
   * @throws MismatchException where one is of another version
   */
  List<Manifest> readable() {
    List<Manifest> all = new ArrayList<>();
    for (String id : ids()) {
      try {
        all.add(read(id));
      } catch (CorruptStoreException e) {
        throw new CorruptStoreException(unreadable(id, e) + "; delete that one first", e);
      } catch (MismatchException e) {
        throw new MismatchException(unreadable(id, e) + "; use the version that made it", e);
      }
    }
    return all;
  }

  private static String unreadable(String id, EngramException e) {
    return "a backup cannot be read, nothing was deleted since it may continue others: id="
        + id
        + ", why=["
        + e.getMessage()
        + "]";
  }

  /**
   * The manifest of a backup.
   *
   * @throws NotFoundException where there is no such backup
   */
  public Manifest read(String id) {
    String what = "backup manifest " + id;
    try (InputStream in = target.get(MANIFESTS + id)) {
      byte[] bytes = in.readNBytes(ManifestLayout.MAX_BYTES + 1);
      if (bytes.length > ManifestLayout.MAX_BYTES) {
        throw new CorruptStoreException(
            "damaged " + what + ": bytes > " + ManifestLayout.MAX_BYTES);
      }
      Manifest manifest = ManifestLayout.decode(bytes, what);
      check(manifest, id, what);
      return manifest;
    } catch (NotFoundException e) {
      throw new NotFoundException("backup not found: id=" + id + "; list those that are there", e);
    } catch (IOException e) {
      throw failed(what, e);
    }
  }

  private static void check(Manifest manifest, String id, String what) {
    if (manifest.kind() == Kind.SNAPSHOT || !manifest.name().equals(id)) {
      throw new CorruptStoreException("damaged " + what + ": it is another one's");
    }
    for (Entry file : manifest.files()) {
      if (file.digest().isEmpty()) {
        throw new CorruptStoreException("damaged " + what + ": a file has no digest");
      }
    }
  }

  /**
   * The backups that one continues, the full one first, and itself.
   *
   * @throws CorruptStoreException where one of them is missing, damaged, or another one's
   */
  public List<Manifest> chain(Manifest manifest) {
    List<Manifest> chain = new ArrayList<>(List.of(manifest));
    while (chain.getFirst().kind() != Kind.FULL) {
      Manifest child = chain.getFirst();
      if (chain.size() > MAX_CHAIN) {
        throw new CorruptStoreException(
            "the backup continues too many: id=" + manifest.name() + ", most=" + MAX_CHAIN);
      }
      chain.addFirst(parent(child));
    }
    return chain;
  }

  private Manifest parent(Manifest child) {
    Manifest parent;
    try {
      parent = read(child.parent());
    } catch (NotFoundException | InvalidInputException e) {
      throw new CorruptStoreException(
          "the backup continues one that is gone: id="
              + child.name()
              + ", continues="
              + child.parent(),
          e);
    }
    if (!parent.storeId().equals(child.storeId())
        || parent.commit().timeline() != child.commit().timeline()
        || parent.commit().lsn() > child.commit().lsn()
        || (child.kind() == Kind.DIFFERENTIAL && parent.kind() != Kind.FULL)) {
      throw new CorruptStoreException(
          "the backup continues another one's: id=" + child.name() + ", parent=" + parent.name());
    }
    return parent;
  }

  /**
   * Sends the files of a directory that the target lacks, several at once, reads all of them back,
   * and publishes a manifest of them.
   *
   * @param manifest with files that the target has already
   * @return the manifest with all of its files
   */
  public Manifest write(Path directory, Manifest manifest, Meter meter) {
    List<Entry> files = new ArrayList<>(manifest.files());
    try {
      files.addAll(send(directory, meter));
    } catch (IOException e) {
      throw failed("the files to be backed up", e);
    }
    Manifest whole =
        new Manifest(
            manifest.kind(),
            manifest.storeId(),
            manifest.commit(),
            manifest.createdAt(),
            manifest.name(),
            manifest.parent(),
            manifest.metadata(),
            files);
    publish(whole);
    return whole;
  }

  /** Whether a backup is of an encrypted store: then it holds the file of keys. */
  public static boolean isEncrypted(Manifest manifest) {
    return manifest.files().stream().anyMatch(file -> file.path().equals(StoreKeys.FILE));
  }

  private static List<Path> filesOf(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private List<Entry> send(Path directory, Meter meter) throws IOException {
    Map<String, Long> present = new ConcurrentHashMap<>();
    target.list(OBJECTS).forEach(each -> present.put(each.name(), each.size()));
    return forEach(filesOf(directory), file -> send(directory, file, present, meter), meter);
  }

  /** What is done to a file. */
  @FunctionalInterface
  private interface Work<F, T> {
    T run(F file) throws IOException;
  }

  /** Several files at once; the results in their order. */
  private static <F, T> List<T> forEach(List<F> files, Work<F, T> work, Meter meter)
      throws IOException {
    List<InOrder.Task<T>> tasks = new ArrayList<>();
    files.forEach(file -> tasks.add(() -> work.run(file)));
    return InOrder.all("engram-files", THREADS, tasks, meter::tell);
  }

  private Entry send(Path directory, Path file, Map<String, Long> present, Meter meter)
      throws IOException {
    String path = directory.relativize(file).toString().replace('\\', '/');
    meter.now("digest of " + path);
    CRC32C checksum = new CRC32C();
    Entry entry = entry(path, file, checksum, meter);
    String object = objectOf(entry);
    Long held = present.get(object);
    if (held != null && held == entry.bytes() && problem(entry, meter).isEmpty()) {
      return entry;
    }
    meter.now("sending " + path);
    try (InputStream in = Files.newInputStream(file)) {
      target.put(object, in, entry.bytes());
    }
    meter.now("reading back " + path);
    if (!givesBack(entry, checksum.getValue(), meter)) {
      throw new CorruptStoreException(
          "the target does not give back what it was given: file="
              + path
              + ", object="
              + object
              + "; check the device, the backup does not count");
    }
    present.put(object, entry.bytes());
    return entry;
  }

  /** Computes a digest, and a checksum beside it. */
  private static Entry entry(String path, Path file, Checksum checksum, Meter meter)
      throws IOException {
    try (DigestedStream in =
        new DigestedStream(new CheckedInputStream(Files.newInputStream(file), checksum), meter)) {
      long bytes = in.transferTo(OutputStream.nullOutputStream());
      return new Entry(path, bytes, in.digest());
    }
  }

  /**
   * Whether the target gives back what was sent, by the checksum of that: enough against a device,
   * and a tenth of the work of another digest.
   */
  private boolean givesBack(Entry file, long checksum, Meter meter) {
    CRC32C found = new CRC32C();
    try (InputStream object = target.get(objectOf(file))) {
      long bytes =
          pass(
              object,
              file,
              (buffer, length) -> {
                found.update(buffer, 0, length);
                meter.pass(length);
              });
      return bytes == file.bytes() && found.getValue() == checksum;
    } catch (NotFoundException | CorruptStoreException e) {
      return false;
    } catch (IOException e) {
      throw failed("the file " + file.path() + " of a backup", e);
    }
  }

  private void publish(Manifest manifest) {
    byte[] bytes = ManifestLayout.encode(manifest);
    target.create(MANIFESTS + manifest.name(), new ByteArrayInputStream(bytes), bytes.length);
    if (!Arrays.equals(bytes, ManifestLayout.encode(read(manifest.name())))) {
      throw new CorruptStoreException(
          "the target does not give back the manifest: id=" + manifest.name());
    }
  }

  /** Reads the files of a backup and compares them; what is wrong with it. */
  public List<String> verify(Manifest manifest, Meter meter) {
    try {
      List<String> problems = forEach(manifest.files(), file -> problem(file, meter), meter);
      return problems.stream().filter(problem -> !problem.isEmpty()).toList();
    } catch (IOException e) {
      throw failed("the files of a backup", e);
    }
  }

  /** What is wrong with the object of a file; empty where nothing is. */
  private String problem(Entry file, Meter meter) {
    meter.now("reading " + file.path());
    try {
      copy(file, OutputStream.nullOutputStream(), meter);
      return "";
    } catch (NotFoundException | CorruptStoreException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /**
   * Fetches the files of a full backup, all of which are below {@code log/} but that of keys,
   * several at once; what a store has already, or one of its snapshots, is taken from there.
   *
   * @param store the directory of that store; there may be none
   * @throws CorruptStoreException where one is missing, or not what it was
   */
  public void fetch(Manifest manifest, Path directory, Path store, Meter meter) {
    for (Entry file : manifest.files()) {
      if (!file.path().startsWith(LOG_FILES) && !file.path().equals(StoreKeys.FILE)) {
        throw new CorruptStoreException("the backup holds a file of no log: path=" + file.path());
      }
      Directories.makePrivate(Directories.parentOf(directory.resolve(file.path())));
    }
    HeldFiles held = HeldFiles.of(store);
    try {
      List<Path> _ =
          forEach(manifest.files(), file -> shareOrFetch(file, held, directory, meter), meter);
    } catch (IOException e) {
      throw failed("a file that is restored", e);
    }
  }

  private Path shareOrFetch(Entry file, HeldFiles held, Path directory, Meter meter)
      throws IOException {
    Path place = directory.resolve(file.path());
    meter.now("looking for " + file.path());
    if (file.path().startsWith(LOG_FILES) && held.share(file, place)) {
      meter.pass(file.bytes());
    } else {
      fetch(file, place, meter);
    }
    return place;
  }

  /**
   * Fetches one file of a backup.
   *
   * @param place where it is put; nothing is there
   * @throws CorruptStoreException where it is missing, or not what it was
   */
  public void fetch(Entry file, Path place, Meter meter) {
    meter.now("fetching " + file.path());
    try (OutputStream out = Files.newOutputStream(place, StandardOpenOption.CREATE_NEW)) {
      copy(file, out, meter);
    } catch (NotFoundException e) {
      throw new CorruptStoreException("the backup lacks a file: path=" + file.path(), e);
    } catch (IOException e) {
      throw failed("a file that is restored", e);
    }
  }

  /**
   * Fetches one of the commit files of a backup that is not full, and reads it whole.
   *
   * @param commitFiles how it is read
   * @throws CorruptStoreException where it is missing, or not what it was, or another store's
   */
  public void fetchCommits(
      Manifest manifest, Entry file, Path place, CommitFiles commitFiles, Meter meter) {
    fetch(file, place, meter);
    String what = "commit file " + file.path();
    try {
      Identity identity =
          commitFiles.validate(Files.newInputStream(place), what).header().identity();
      if (!identity.storeId().equals(manifest.storeId())
          || identity.timeline() != manifest.commit().timeline()) {
        throw new CorruptStoreException("damaged " + what + ": it is another store's");
      }
    } catch (IOException e) {
      throw failed(what, e);
    }
  }

  /** Takes bytes that were read. */
  @FunctionalInterface
  private interface Bytes {
    void take(byte[] buffer, int length) throws IOException;
  }

  /** Reads an object, a buffer at most beyond what the file had; returns how many bytes. */
  private static long pass(InputStream object, Entry file, Bytes receiver) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long bytes = 0;
    for (int read = object.read(buffer); read >= 0 && bytes <= file.bytes(); ) {
      receiver.take(buffer, read);
      bytes += read;
      read = object.read(buffer);
    }
    return bytes;
  }

  /** Copies the bytes of a file, and not one more than it had. */
  private void copy(Entry file, OutputStream out, Meter meter) {
    try (InputStream object = target.get(objectOf(file));
        DigestedStream in = new DigestedStream(object, meter)) {
      long _ = pass(in, file, (buffer, length) -> out.write(buffer, 0, length));
      if (in.bytes() != file.bytes() || !in.digest().equals(file.digest())) {
        throw new CorruptStoreException(
            "the backup is damaged: file="
                + file.path()
                + ", object="
                + objectOf(file)
                + ", bytes="
                + in.bytes()
                + ", written="
                + file.bytes());
      }
    } catch (IOException e) {
      throw failed("the file " + file.path() + " of a backup", e);
    }
  }

  /** Deletes backups, and what only they need; those that are left stay whole at every moment. */
  public void delete(List<Manifest> backups) {
    Set<String> freed = new HashSet<>();
    for (Manifest each : backups) {
      target.delete(MANIFESTS + each.name());
      each.files().forEach(file -> freed.add(objectOf(file)));
    }
    freed.removeAll(needed());
    freed.forEach(target::delete);
  }

  /** Whether there is a backup of this id, but one that is damaged: nothing can continue it. */
  boolean isDamaged(String id) {
    try {
      Manifest _ = read(id);
      return false;
    } catch (CorruptStoreException e) {
      return true;
    }
  }

  /** Deletes the manifest of a backup that is damaged; nobody knows what it alone needs. */
  void deleteManifest(String id) {
    target.delete(MANIFESTS + id);
  }

  /** Deletes what no backup needs. None is being made. */
  public void sweep() {
    Set<String> needed = needed();
    for (ObjectInfo each : target.list(OBJECTS)) {
      if (!needed.contains(each.name())) {
        target.delete(each.name());
      }
    }
  }

  /** Deletes what is left of objects whose sending was cut short, and began before then. */
  public void discardUnfinished(Instant before) {
    target.discardUnfinished(before);
  }

  private Set<String> needed() {
    Set<String> needed = new HashSet<>();
    for (String id : ids()) {
      read(id).files().forEach(file -> needed.add(objectOf(file)));
    }
    return needed;
  }

  private static String objectOf(Entry file) {
    return OBJECTS + file.digest();
  }

  private static EngramException failed(String what, IOException e) {
    return e instanceof ClosedByInterruptException
        ? new CancelledException("interrupted: reading or writing " + what, e)
        : new StorageException("cannot read or write " + what + ": why=" + e, e);
  }
}
