package dev.engram.internal.backup;

import dev.engram.Archive;
import dev.engram.ArchivePoint;
import dev.engram.ArchiveRange;
import dev.engram.ArchiveReport;
import dev.engram.BackupReport;
import dev.engram.CorruptStoreException;
import dev.engram.Progress;
import dev.engram.UnsupportedFeatureException;
import dev.engram.internal.backup.ArchiveFiles.Reach;
import dev.engram.internal.format.IdentityLayout.Identity;
import dev.engram.internal.format.ManifestLayout.Manifest;
import dev.engram.internal.log.CommitFiles;
import dev.engram.spi.ObjectStore;
import java.time.InstantSource;
import java.util.List;

/** The archives in an object store, without a store to be archived. Thread-safe. */
public final class ArchiveTarget implements Archive {
  private static final String NO_STORE =
      "only an open store can be archived: open it and use its archive()";

  private final String place;
  private final ArchiveFiles files;
  private final BackupTarget backups;

  /**
   * @param commitFiles how those of the stores are written and read
   */
  public ArchiveTarget(ObjectStore target, CommitFiles commitFiles) {
    this.place = target.place();
    this.files = new ArchiveFiles(target, commitFiles);
    this.backups = new BackupTarget(target, InstantSource.system());
  }

  /** The objects behind it. */
  public ArchiveFiles files() {
    return files;
  }

  /** See {@link ObjectStore#place}. */
  public String place() {
    return place;
  }

  /**
   * How far a log is archived.
   *
   * @param last the last commit that is archived; 0 where there is none
   * @param lost how many before it, and before the log, are neither archived nor in a backup
   */
  public record Position(long last, long lost) {}

  /** How far a log is archived; its newest file is read back, and deleted where it is damaged. */
  public Position position(Identity identity, long firstLsn) {
    Reach reach = files.reach(identity, firstLsn);
    long upTo = Math.max(reach.last(), firstLsn - 1);
    return new Position(reach.last(), ArchiveGaps.lost(reach, upTo, () -> backups.files().list()));
  }

  @Override
  public ArchiveReport ship(Progress progress) {
    throw new UnsupportedFeatureException(NO_STORE);
  }

  @Override
  public ArchivePoint mark(String name) {
    throw new UnsupportedFeatureException(NO_STORE);
  }

  @Override
  public List<ArchiveRange> ranges() {
    return files.ranges();
  }

  @Override
  public List<ArchivePoint> points() {
    return files.points();
  }

  @Override
  public List<ArchiveRange> prune(String backupId, Progress progress) {
    Manifest backup = backups.find(backupId);
    BackupReport report = backups.verify(backup.name(), progress);
    if (!report.ok()) {
      throw new CorruptStoreException(
          "the backup is damaged, nothing was deleted: id="
              + backup.name()
              + ", findings="
              + report.findings());
    }
    return files.prune(backup);
  }

  @Override
  public List<String> verify(Progress progress) {
    List<ArchivedFile> all = files.list();
    if (all.isEmpty()) {
      return List.of("nothing is there: the target has no archive");
    }
    long bytes = all.stream().mapToLong(ArchivedFile::bytes).sum();
    Meter meter = new Meter(progress, "verify", bytes);
    List<String> findings = files.verify(meter);
    findings.addAll(ArchiveGaps.unreachable(files, all, backups.files().list()));
    meter.end();
    return findings;
  }
}
