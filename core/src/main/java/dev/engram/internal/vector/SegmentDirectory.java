package dev.engram.internal.vector;

import dev.engram.CancelledException;
import dev.engram.CorruptStoreException;
import dev.engram.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Segments as files of one directory, mapped or read into memory. The file {@code manifest} names
 * those that count; it is replaced in one step, after everything that it names is durable. What it
 * does not name is deleted.
 *
 * <pre>
 *   engram vectors 1
 *   of …                    the owner's words: which state of which log, see {@link Owner}
 *   book FILE               of the origin, if any, the fresh level, the partitioned one
 *   probing N RANKS DEPTHS  what was measured of it, see {@link Probing}
 *   segment FILE            for each of it
 *   crc32c HEX              of the lines before
 * </pre>
 */
public final class SegmentDirectory implements SegmentStore {
  private static final System.Logger LOG = System.getLogger(SegmentDirectory.class.getName());
  private static final String MANIFEST = "manifest";
  private static final String FIRST_LINE = "engram vectors 1";
  private static final Pattern FILE =
      Pattern.compile("origin\\.vec|(book|segment)-[0-9]{1,18}\\.vec");
  static final int BOOK_MAGIC = 0x42474E45;
  static final int BOOK_HEADER_BYTES = 64;

  private final Path directory;
  private final Owner owner;
  private final boolean resident;
  private final Disk disk;
  private final Set<String> unpublished = new HashSet<>();
  private long next;

  /** Whose vectors these are. */
  public interface Owner {
    /** Makes durable what the segments were made of; what to write into the manifest. */
    String seal();

    /** Whether a manifest with these words fits the log as it is. */
    boolean accepts(String words);

    /** Writing has come to a named place, at which a test may stop the process. */
    default void reached(String point) {}
  }

  /**
   * @param directory is there
   * @param resident whether segments are held in memory, of which files are copies; else mapped
   */
  public SegmentDirectory(Path directory, Owner owner, boolean resident) {
    this(directory, owner, resident, Disk.Real.DISK);
  }

  SegmentDirectory(Path directory, Owner owner, boolean resident, Disk disk) {
    this.directory = directory;
    this.owner = owner;
    this.resident = resident;
    this.disk = disk;
  }

  @Override
  public boolean mapped() {
    return !resident;
  }

  @Override
  public synchronized Space allocate(long bytes) throws IOException {
    String name = "segment-" + next++ + ".vec";
    unpublished.add(name);
    if (resident) {
      return new Space(name, Arena.ofAuto().allocate(bytes, 64));
    }
    try (FileChannel channel = disk.create(directory.resolve(name))) {
      Space space =
          new Space(name, channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, Arena.ofAuto()));
      owner.reached("vectors-segment-allocated");
      return space;
    } catch (IOException | RuntimeException | Error e) {
      discard(name);
      throw e;
    }
  }

  @Override
  public synchronized void replaced(String name) {
    // Deleted once a manifest is durable that certainly does not name it.
    unpublished.remove(name);
  }

  @Override
  public synchronized void discard(String name) {
    unpublished.remove(name);
    try {
      disk.delete(directory.resolve(name));
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "deleted when it is opened next", e);
    }
  }

  @Override
  public synchronized void publish(Supplier<Contents> newest) throws IOException {
    Contents contents = newest.get();
    String words = owner.seal();
    StringBuilder lines = new StringBuilder(FIRST_LINE + "\nof " + words + "\n");
    Set<String> kept = new HashSet<>(Set.of(MANIFEST));
    for (Level level : contents.levels()) {
      describe(level, lines, kept);
    }
    String sum = checksum(lines.toString());
    lines.append("crc32c ").append(sum).append('\n');
    owner.reached("vectors-segments-durable");
    replaceManifest(lines.toString());
    owner.reached("vectors-manifest-replaced");
    unpublished.removeAll(kept);
    kept.addAll(unpublished);
    deleteOthers(kept);
    owner.reached("vectors-others-deleted");
  }

  /** Makes a level durable and adds its lines. */
  private void describe(Level level, StringBuilder lines, Set<String> kept) throws IOException {
    Codebook book = level.book();
    String file = bookFile(book);
    if (!Files.exists(directory.resolve(file))) {
      Path fresh = directory.resolve(file + ".tmp");
      writeBook(book, fresh);
      disk.rename(fresh, directory.resolve(file));
    }
    kept.add(file);
    Probing probing = level.probing().book() == book.id ? level.probing() : Probing.UNKNOWN;
    lines.append("book ").append(file).append('\n');
    lines.append("probing ").append(probing.words()).append('\n');
    for (Segment segment : level.segments()) {
      if (unpublished.contains(segment.name)) {
        makeDurable(segment);
      }
      lines.append("segment ").append(segment.name).append('\n');
      kept.add(segment.name);
    }
  }

  private void makeDurable(Segment segment) throws IOException {
    if (resident) {
      Path file = directory.resolve(segment.name);
      try (FileChannel channel = disk.create(file)) {
        segment.writeTo(channel);
        disk.force(file, channel);
      }
    } else {
      segment.force(disk, directory);
    }
  }

  @Override
  public synchronized Contents open(int padded, boolean byProduct) {
    try {
      Contents found = readManifest(padded, byProduct);
      next = highest(found) + 1;
      keepOnly(names(found));
      return found;
    } catch (CorruptStoreException | NoSuchFileException e) {
      LOG.log(System.Logger.Level.WARNING, "a vector index is rebuilt: why=" + e);
      return nothing();
    } catch (ClosedByInterruptException e) {
      throw new CancelledException("cancelled by an interrupt while a vector index was opened", e);
    } catch (IOException e) {
      // It may be good: only what is known to be damaged is deleted.
      throw new StorageException("a vector index cannot be read: why=" + e, e);
    }
  }

  private Contents nothing() {
    try {
      keepOnly(Set.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Contents.NONE;
  }

  /** A manifest whose checksum fits may still be none. */
  private Contents readManifest(int padded, boolean byProduct) throws IOException {
    try {
      return read(padded, byProduct);
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      throw new CorruptStoreException("damaged manifest of a vector index; it is rebuilt", e);
    }
  }

  private Contents read(int padded, boolean byProduct) throws IOException {
    Path manifest = directory.resolve(MANIFEST);
    if (!Files.exists(manifest)) {
      return Contents.NONE;
    }
    List<String> lines = lines(manifest);
    if (!owner.accepts(lines.getFirst().substring("of ".length()))) {
      return Contents.NONE;
    }
    Level fresh = Level.EMPTY;
    Level partitioned = Level.EMPTY;
    Codebook origin = null;
    for (int at = 1; at < lines.size(); ) {
      int until = at + 1;
      while (until < lines.size() && !lines.get(until).startsWith("book ")) {
        until++;
      }
      Level level = level(lines.subList(at, until), padded, byProduct);
      switch (level.book().id) {
        case Codebook.ORIGIN -> origin = level.book();
        case Codebook.FRESH -> fresh = level;
        default -> partitioned = level;
      }
      at = until;
    }
    return new Contents(fresh, partitioned, origin);
  }

  /** The lines of a manifest, but for the first and the last. */
  private static List<String> lines(Path manifest) throws IOException {
    // Bytes that are no UTF-8 are damage as well, and not the device's fault.
    String text = new String(Files.readAllBytes(manifest), StandardCharsets.UTF_8);
    int end = text.lastIndexOf("crc32c ");
    if (!text.startsWith(FIRST_LINE + "\nof ")
        || end < 0
        || !text.substring(end).equals("crc32c " + checksum(text.substring(0, end)) + "\n")) {
      throw new CorruptStoreException("damaged manifest of a vector index; it is rebuilt");
    }
    return text.substring(0, end).lines().skip(1).toList();
  }

  /**
   * The names of the files of what was published last in a directory, which may be in use; the
   * manifest first, and none where nothing was published.
   *
   * @throws CorruptStoreException where the manifest is damaged
   */
  public static List<String> published(Path directory) throws IOException {
    Path manifest = directory.resolve(MANIFEST);
    if (!Files.exists(manifest)) {
      return List.of();
    }
    List<String> names = new ArrayList<>(List.of(MANIFEST));
    for (String line : lines(manifest)) {
      if (line.startsWith("book ") || line.startsWith("segment ")) {
        names.add(file(line));
      }
    }
    return names;
  }

  /**
   * The words of the owner in the manifest of a directory, which may be in use; empty where nothing
   * was published.
   *
   * @throws CorruptStoreException where the manifest is damaged
   */
  public static String words(Path directory) throws IOException {
    Path manifest = directory.resolve(MANIFEST);
    return Files.exists(manifest) ? lines(manifest).getFirst().substring("of ".length()) : "";
  }

  /**
   * Compares a published file's size with what its header says, or all of its bytes with its
   * checksum; a manifest always whole.
   *
   * @param passed is told of bytes that were read
   * @throws CorruptStoreException where it is damaged
   */
  public static void check(Path file, boolean whole, LongConsumer passed) throws IOException {
    if (file.getFileName().toString().equals(MANIFEST)) {
      int lines = lines(file).size();
      passed.accept(lines == 0 ? 0 : Files.size(file));
    } else {
      SegmentFiles.check(file, whole, passed);
    }
  }

  private Level level(List<String> lines, int padded, boolean byProduct) throws IOException {
    Path file = directory.resolve(file(lines.getFirst()));
    Codebook book = readBook(file, padded, byProduct);
    Probing probing = Probing.parse(book.id, lines.get(1).substring("probing ".length()));
    List<Segment> segments = new ArrayList<>();
    for (String line : lines.subList(2, lines.size())) {
      segments.add(SegmentFiles.open(directory.resolve(file(line)), book, resident));
    }
    return new Level(book, segments, probing);
  }

  /** The file that a line names, which is none but one of this directory. */
  private static String file(String line) {
    String name = line.substring(line.indexOf(' ') + 1);
    if (!FILE.matcher(name).matches()) {
      throw new CorruptStoreException("damaged manifest of a vector index; it is rebuilt");
    }
    return name;
  }

  private static Set<String> names(Contents contents) {
    Set<String> names = new HashSet<>();
    for (Level level : contents.levels()) {
      names.addAll(List.of(MANIFEST, bookFile(level.book())));
      level.segments().forEach(segment -> names.add(segment.name));
    }
    return names;
  }

  private static String bookFile(Codebook book) {
    return book.id == Codebook.ORIGIN ? "origin.vec" : "book-" + book.id + ".vec";
  }

  private static long highest(Contents contents) {
    return contents.levels().stream()
        .flatMap(level -> level.segments().stream())
        .mapToLong(s -> Long.parseLong(s.name.replaceAll("[^0-9]", "")))
        .max()
        .orElse(-1);
  }

  private void replaceManifest(String text) throws IOException {
    Path fresh = directory.resolve(MANIFEST + ".tmp");
    try (FileChannel channel = disk.create(fresh)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      // A disk that is filling up takes a part.
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      disk.force(fresh, channel);
    }
    owner.reached("vectors-manifest-written");
    // What it names is there for certain, and what had such a name before is gone.
    disk.sync(directory);
    disk.rename(fresh, directory.resolve(MANIFEST));
    disk.sync(directory);
  }

  /**
   * Lets go what a process before has left. First it is certain which manifest there is, if any:
   * else one could come back whose files are gone, or one that names new files, or one of a log
   * that was lost when another has come as far.
   */
  private void keepOnly(Set<String> kept) throws IOException {
    if (!others(kept).isEmpty()) {
      if (!kept.contains(MANIFEST)) {
        disk.delete(directory.resolve(MANIFEST));
      }
      disk.sync(directory);
      deleteOthers(kept);
    }
  }

  private void deleteOthers(Set<String> kept) throws IOException {
    for (Path file : others(kept)) {
      disk.delete(file);
    }
  }

  private List<Path> others(Set<String> kept) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> !kept.contains(file.getFileName().toString())).toList();
    }
  }

  private void writeBook(Codebook book, Path file) throws IOException {
    long bytes = BOOK_HEADER_BYTES + 4L * book.centroids.length;
    try (FileChannel channel = disk.create(file);
        Arena arena = Arena.ofConfined()) {
      MemorySegment memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
      for (int i = 0; i < book.centroids.length; i++) {
        memory.set(CodeLayout.FLOAT, BOOK_HEADER_BYTES + 4L * i, book.centroids[i]);
      }
      int[] header = {BOOK_MAGIC, 1, book.id, book.plannedFor, book.padded, book.size()};
      MemorySegment.copy(header, 0, memory, CodeLayout.INT, 0, header.length);
      memory.set(CodeLayout.INT, Segment.CHECKSUM_AT, Segment.checksum(memory));
      disk.force(file, memory);
    }
  }

  private static Codebook readBook(Path file, int padded, boolean byProduct) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    MemorySegment memory = MemorySegment.ofArray(bytes);
    int[] header = new int[6];
    if (bytes.length < BOOK_HEADER_BYTES) {
      throw new CorruptStoreException("damaged codebook: bytes=" + bytes.length);
    }
    MemorySegment.copy(memory, CodeLayout.INT, 0, header, 0, header.length);
    long size = BOOK_HEADER_BYTES + 4L * header[4] * header[5];
    if (header[0] != BOOK_MAGIC
        || header[1] != 1
        || header[4] != padded
        || header[5] < 1
        || bytes.length != size
        || memory.get(CodeLayout.INT, Segment.CHECKSUM_AT) != Segment.checksum(memory)) {
      throw new CorruptStoreException("damaged codebook: file=" + file.getFileName());
    }
    float[] centroids = new float[header[4] * header[5]];
    MemorySegment.copy(memory, CodeLayout.FLOAT, BOOK_HEADER_BYTES, centroids, 0, centroids.length);
    return new Codebook(header[2], header[3], padded, byProduct, centroids);
  }

  private static String checksum(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(crc.getValue());
  }
}
