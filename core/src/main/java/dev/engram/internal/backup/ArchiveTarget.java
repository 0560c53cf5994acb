package dev.engram.internal.backup;

import dev.engram.Archive;
import dev.engram.ArchivePoint;
import dev.engram.ArchiveRange;
import dev.engram.ArchiveReport;
import dev.engram.Progress;
import dev.engram.UnsupportedFeatureException;
import dev.engram.spi.ObjectStore;
import java.util.List;

/** The archives in an object store, without a store to be archived. Thread-safe. */
public final class ArchiveTarget implements Archive {
  private static final String NO_STORE =
      "only an open store can be archived: open it and use its archive()";

  private final ArchiveFiles files;

  public ArchiveTarget(ObjectStore target) {
    this.files = new ArchiveFiles(target);
  }

  /** The objects behind it. */
  public ArchiveFiles files() {
    return files;
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
  public List<String> verify(Progress progress) {
    long bytes = files.list().stream().mapToLong(ArchivedFile::bytes).sum();
    Meter meter = new Meter(progress, "verify", bytes);
    List<String> findings = files.verify(meter);
    meter.end();
    return findings;
  }
}
