package dev.engram.internal.backup;

import dev.engram.ArchivePoint;
import dev.engram.ArchiveRange;
import dev.engram.CancelledException;
import dev.engram.CorruptStoreException;
import dev.engram.EncryptionException;
import dev.engram.EngramException;
import dev.engram.MismatchException;
import dev.engram.NotFoundException;
import dev.engram.StorageException;
import dev.engram.internal.format.Digest;
import dev.engram.internal.format.IdentityLayout.Identity;
import dev.engram.internal.format.IdentityLayout.Origin;
import dev.engram.internal.format.ManifestLayout;
import dev.engram.internal.format.ManifestLayout.Kind;
import dev.engram.internal.format.ManifestLayout.Manifest;
import dev.engram.internal.log.CommitFileReader;
import dev.engram.internal.log.CommitFileReader.Whole;
import dev.engram.internal.log.CommitFiles;
import dev.engram.spi.ObjectInfo;
import dev.engram.spi.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The archives of stores in an object store:
 *
 * <pre>
 *   archive/STORE/TIMELINE/FIRST-LAST           a commit file
 *   archive/STORE/points/TIMELINE-LSN-DIGEST    a manifest without files: a commit that has a name
 * </pre>
 *
 * Nothing lists them but their names, so that a gap shows, and none is ever written twice.
 * Thread-safe, as the object store is.
 */
public final class ArchiveFiles {
  private static final System.Logger LOG = System.getLogger(ArchiveFiles.class.getName());
  private static final String POINTS = "/points/";
  private static final int MAX_TIMELINES = 1_000;
  private static final Comparator<ArchivedFile> BY_PLACE =
      Comparator.comparing(ArchivedFile::store)
          .thenComparingLong(ArchivedFile::timeline)
          .thenComparingLong(ArchivedFile::first)
          .thenComparingLong(ArchivedFile::last);

  private final ObjectStore target;
  private final CommitFiles commitFiles;

  public ArchiveFiles(ObjectStore target, CommitFiles commitFiles) {
    this.target = target;
    this.commitFiles = commitFiles;
  }

  /**
   * A timeline of a history.
   *
   * @param upTo the last LSN that counts: there the next timeline left it
   */
  public record Link(UUID store, long timeline, long upTo) {}

  /** All commit files, by store, timeline and LSN. */
  public List<ArchivedFile> list() {
    return list(ArchivedFile.ROOT);
  }

  private List<ArchivedFile> list(String prefix) {
    return target.list(prefix).stream()
        .flatMap(each -> ArchivedFile.of(each).stream())
        .sorted(BY_PLACE)
        .toList();
  }

  /** Stretches without a gap. */
  public List<ArchiveRange> ranges() {
    return ranges(list());
  }

  private static List<ArchiveRange> ranges(List<ArchivedFile> files) {
    List<ArchiveRange> ranges = new ArrayList<>();
    for (ArchivedFile file : files) {
      ArchiveRange before = ranges.isEmpty() ? null : ranges.getLast();
      if (before != null && continues(before, file)) {
        ranges.set(ranges.size() - 1, joined(before, file));
      } else {
        String store = file.store().toString();
        ranges.add(
            new ArchiveRange(store, file.timeline(), file.first(), file.last(), 1, file.bytes()));
      }
    }
    return ranges;
  }

  private static boolean continues(ArchiveRange range, ArchivedFile file) {
    return range.storeId().equals(file.store().toString())
        && range.timeline() == file.timeline()
        && file.first() <= range.lastLsn() + 1;
  }

  private static ArchiveRange joined(ArchiveRange range, ArchivedFile file) {
    return new ArchiveRange(
        range.storeId(),
        range.timeline(),
        range.firstLsn(),
        Math.max(range.lastLsn(), file.last()),
        range.files() + 1,
        range.bytes() + file.bytes());
  }

  /**
   * What is archived of a log's past.
   *
   * @param last the last commit; 0 where there is none
   * @param files all that are there, of other logs too
   * @param links the timelines of that past
   */
  record Reach(long last, List<ArchivedFile> files, List<Link> links) {}

  /**
   * How far a log is archived. The newest file is read back: whoever stored it may have been cut
   * short before. Where it is damaged it is deleted, so that it does not count, and the log ships
   * its commits anew.
   *
   * @param firstLsn that is in the log; a file that begins before cannot be shipped anew, and stays
   */
  Reach reach(Identity identity, long firstLsn) {
    List<ArchivedFile> files = new ArrayList<>(list());
    List<Link> links = history(files, identity.storeId(), identity.timeline(), identity.origin());
    for (Link link : links) {
      ArchivedFile newest = newest(files, link);
      while (newest != null && newest.first() >= firstLsn && dropDamaged(newest)) {
        files.remove(newest);
        newest = newest(files, link);
      }
      if (newest != null) {
        return new Reach(Math.min(newest.last(), link.upTo()), files, links);
      }
    }
    return new Reach(0, files, links);
  }

  private static @Nullable ArchivedFile newest(List<ArchivedFile> files, Link link) {
    return files.stream()
        .filter(file -> isOf(file, link.store(), link.timeline()) && file.first() <= link.upTo())
        .max(Comparator.comparingLong(ArchivedFile::last))
        .orElse(null);
  }

  /** Deletes a file that is damaged; whether it was, or was gone already. */
  private boolean dropDamaged(ArchivedFile file) {
    try {
      requireWhole(file);
      return false;
    } catch (NotFoundException e) {
      return true;
    } catch (CorruptStoreException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "an archived file is damaged and is shipped anew: why=" + e.getMessage());
      target.delete(file.name());
      return true;
    }
  }

  /**
   * The timelines that lead to a timeline, itself first.
   *
   * @param files all that are there
   * @param origin of the timeline; null to look it up
   */
  List<Link> history(List<ArchivedFile> files, UUID store, long timeline, @Nullable Origin origin) {
    List<Link> links = new ArrayList<>(List.of(new Link(store, timeline, Long.MAX_VALUE)));
    Origin next = origin == null ? originOf(files, store, timeline) : origin;
    while (next != null && links.size() < MAX_TIMELINES) {
      long upTo = Math.min(links.getLast().upTo(), next.lsn());
      links.add(new Link(next.storeId(), next.timeline(), upTo));
      next = originOf(files, next.storeId(), next.timeline());
    }
    return links;
  }

  /**
   * Where a timeline began, which each of its files says.
   *
   * @throws EncryptionException where no key opens any that is whole
   */
  private @Nullable Origin originOf(List<ArchivedFile> files, UUID store, long timeline) {
    EncryptionException locked = null;
    for (ArchivedFile file : files) {
      if (isOf(file, store, timeline)) {
        try (CommitFileReader reader = open(file)) {
          return reader.header().identity().origin();
        } catch (EncryptionException e) {
          locked = e;
        } catch (CorruptStoreException | NotFoundException e) {
          LOG.log(
              System.Logger.Level.WARNING,
              "another file is asked where its timeline began: why=" + e.getMessage());
        }
      }
    }
    if (locked != null) {
      throw locked;
    }
    return null;
  }

  /**
   * Fails where no file can say where its timeline began because it is damaged.
   *
   * @throws CorruptStoreException where one is
   */
  void requireReadable(List<ArchivedFile> files, Link link) {
    for (ArchivedFile file : files) {
      if (isOf(file, link.store(), link.timeline())) {
        open(file).close();
      }
    }
  }

  /** Who the log was from which a file was written. */
  public Identity identity(ArchivedFile file) {
    try (CommitFileReader reader = open(file)) {
      return reader.header().identity();
    } catch (NotFoundException e) {
      throw new CorruptStoreException("the archive lacks a file: name=" + file.name(), e);
    }
  }

  static boolean isOf(ArchivedFile file, UUID store, long timeline) {
    return file.store().equals(store) && file.timeline() == timeline;
  }

  private CommitFileReader open(ArchivedFile file) {
    return commitFiles.open(target.get(file.name()), what(file));
  }

  private static String what(ArchivedFile file) {
    return "archived file " + file.name();
  }

  /**
   * Stores a commit file, and reads it back.
   *
   * @throws CorruptStoreException where it is not what it was; then it is not there
   */
  public void put(Path commits, ArchivedFile as) {
    try (InputStream in = Files.newInputStream(commits)) {
      target.put(as.name(), in, as.bytes());
    } catch (IOException e) {
      throw failed(as, e);
    }
    String problem = problem(as);
    if (!problem.isEmpty()) {
      // Its name alone would count as archived.
      target.delete(as.name());
      throw new CorruptStoreException(
          "the target does not give back what it was given: "
              + problem
              + "; check the device, what follows is not archived");
    }
  }

  /**
   * Fetches a commit file and reads it whole.
   *
   * @return what it begins with
   * @throws CorruptStoreException where it is damaged, or not what its name says
   * @throws NotFoundException where it was deleted since it was listed
   */
  public Identity fetch(ArchivedFile file, Path place, Meter meter) {
    meter.now("fetching " + file.name());
    try (InputStream in = target.get(file.name())) {
      Files.copy(in, place, StandardCopyOption.REPLACE_EXISTING);
      meter.pass(file.bytes());
      return check(commitFiles.validate(Files.newInputStream(place), what(file)), file);
    } catch (NotFoundException e) {
      throw new NotFoundException(
          "an archived file was deleted meanwhile: name=" + file.name() + "; try again", e);
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  private static Identity check(Whole whole, ArchivedFile file) {
    Identity identity = whole.header().identity();
    if (!isOf(file, identity.storeId(), identity.timeline())
        || whole.header().firstLsn() != file.first()
        || whole.lastLsn() != file.last()) {
      throw new CorruptStoreException(
          "damaged "
              + what(file)
              + ": it is another one: store="
              + identity.storeId()
              + ", timeline="
              + identity.timeline()
              + ", first="
              + whole.header().firstLsn()
              + ", last="
              + whole.lastLsn());
    }
    return identity;
  }

  /**
   * Reads all commit files; what is missing, altered, or cannot be opened with the keys.
   *
   * @throws EncryptionException where none can be opened
   */
  public List<String> verify(Meter meter) {
    List<String> findings = new ArrayList<>();
    ArchivedFile before = null;
    List<ArchivedFile> files = list();
    requireSomeKey(files);
    for (ArchivedFile file : files) {
      if (before != null
          && isOf(file, before.store(), before.timeline())
          && file.first() > before.last() + 1) {
        findings.add("commits are missing: before=" + file.name() + ", after=" + before.last());
      }
      meter.now("reading " + file.name());
      String problem = problem(file);
      if (!problem.isEmpty()) {
        findings.add(problem);
      }
      meter.pass(file.bytes());
      before = file;
    }
    return findings;
  }

  private void requireSomeKey(List<ArchivedFile> files) {
    EncryptionException locked = null;
    for (ArchivedFile file : files) {
      try {
        open(file).close();
        return;
      } catch (EncryptionException e) {
        locked = e;
      } catch (NotFoundException | CorruptStoreException | MismatchException e) {
        LOG.log(System.Logger.Level.DEBUG, "another file is tried", e);
      }
    }
    if (locked != null) {
      throw locked;
    }
  }

  /** What is wrong with a file, or that no key opens it; empty where nothing is. */
  public String problem(ArchivedFile file) {
    try {
      requireWhole(file);
      return "";
    } catch (NotFoundException
        | CorruptStoreException
        | MismatchException
        | EncryptionException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private void requireWhole(ArchivedFile file) {
    Identity _ = check(commitFiles.validate(target.get(file.name()), what(file)), file);
  }

  /** Gives a commit a name. */
  public void mark(Manifest point) {
    byte[] bytes = ManifestLayout.encode(point);
    String name =
        String.format(
            Locale.ROOT,
            "%s%s%s%010d-%019d-%016x",
            ArchivedFile.ROOT,
            point.storeId(),
            POINTS,
            point.commit().timeline(),
            point.commit().lsn(),
            Digest.longOf(point.name()));
    target.put(name, new ByteArrayInputStream(bytes), bytes.length);
  }

  /** The commits that have names, the newest first. */
  public List<ArchivePoint> points() {
    List<ArchivePoint> points = new ArrayList<>();
    target.list(ArchivedFile.ROOT).stream()
        .filter(each -> each.name().contains(POINTS))
        .forEach(each -> {
          try {
            points.add(point(each.name()));
          } catch (CorruptStoreException | MismatchException e) {
            LOG.log(System.Logger.Level.WARNING, "a point is left out: why=" + e.getMessage());
          }
        });
    points.sort(Comparator.comparing(ArchivePoint::createdAt).reversed());
    return points;
  }

  private ArchivePoint point(String name) {
    String what = "archived point " + name;
    try (InputStream in = target.get(name)) {
      Manifest read = ManifestLayout.decode(in.readNBytes(ManifestLayout.MAX_BYTES), what);
      if (read.kind() != Kind.SNAPSHOT || !name.contains(read.storeId().toString())) {
        throw new CorruptStoreException("damaged " + what + ": it is no point of this store");
      }
      return new ArchivePoint(
          read.name(),
          read.storeId().toString(),
          read.commit(),
          Instant.ofEpochMilli(read.createdAt()));
    } catch (IOException e) {
      throw new StorageException("cannot read " + what + ": why=" + e, e);
    }
  }

  /** Deletes what lies before a backup in its history, and the names of earlier commits. */
  public List<ArchiveRange> prune(Manifest backup) {
    List<ArchivedFile> files = list();
    long lsn = backup.commit().lsn();
    List<Link> links = history(files, backup.storeId(), backup.commit().timeline(), null);
    List<ArchivedFile> old =
        files.stream()
            .filter(file -> file.last() <= lsn)
            .filter(
                file -> links.stream().anyMatch(link -> isOf(file, link.store(), link.timeline())))
            .toList();
    for (Link link : links) {
      target.list(ArchivedFile.ROOT + link.store() + POINTS).stream()
          .map(ObjectInfo::name)
          .filter(name -> isBefore(name, link.timeline(), lsn))
          .forEach(target::delete);
    }
    // The oldest first: what is left where this breaks off has no gap.
    old.forEach(file -> target.delete(file.name()));
    return ranges(old);
  }

  /** Whether the object is a point on a timeline before an LSN. */
  private static boolean isBefore(String name, long timeline, long lsn) {
    String point = name.substring(name.indexOf(POINTS) + POINTS.length());
    return point.startsWith(String.format(Locale.ROOT, "%010d-", timeline))
        && point.compareTo(String.format(Locale.ROOT, "%010d-%019d", timeline, lsn)) < 0;
  }

  private static EngramException failed(ArchivedFile file, IOException e) {
    return e instanceof ClosedByInterruptException
        ? new CancelledException("interrupted: file=" + file.name(), e)
        : new StorageException("cannot read or write " + what(file) + ": why=" + e, e);
  }
}
