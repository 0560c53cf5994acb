package dev.engram.internal.backup;

import dev.engram.BackupInfo;
import dev.engram.BackupKind;
import dev.engram.BackupReport;
import dev.engram.Backups;
import dev.engram.CorruptStoreException;
import dev.engram.InvalidInputException;
import dev.engram.Metadata;
import dev.engram.MismatchException;
import dev.engram.NotFoundException;
import dev.engram.Progress;
import dev.engram.Retention;
import dev.engram.UnsupportedFeatureException;
import dev.engram.internal.format.ManifestLayout.Manifest;
import dev.engram.spi.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The backups in an object store, without a store to be backed up. Thread-safe. */
public final class BackupTarget implements Backups {
  /** How old what was not sent to its end has to be: the target may serve more than backups. */
  private static final Duration CUT_SHORT = Duration.ofDays(1);

  private final String place;
  private final BackupFiles files;
  private final InstantSource clock;

  public BackupTarget(ObjectStore target, InstantSource clock) {
    this.place = target.place();
    this.files = new BackupFiles(target);
    this.clock = clock;
  }

  /** The objects behind it. */
  public BackupFiles files() {
    return files;
  }

  /** See {@link ObjectStore#place}. */
  public String place() {
    return place;
  }

  @Override
  public BackupInfo create(BackupKind kind, Metadata metadata, Progress progress) {
    throw new UnsupportedFeatureException(
        "only an open store can be backed up: open it and use its backups()");
  }

  @Override
  public List<BackupInfo> list() {
    return files.list().stream().map(BackupTarget::info).toList();
  }

  @Override
  public BackupReport verify(String id, Progress progress) {
    Manifest manifest = find(id);
    List<Manifest> chain;
    try {
      chain = files.chain(manifest);
    } catch (CorruptStoreException | MismatchException e) {
      return new BackupReport(info(manifest), List.of(String.valueOf(e.getMessage())));
    }
    Meter meter = new Meter(progress, "verify", chain.stream().mapToLong(Manifest::bytes).sum());
    List<String> findings = new ArrayList<>();
    chain.forEach(each -> findings.addAll(files.verify(each, meter)));
    meter.end();
    return new BackupReport(info(manifest), findings);
  }

  @Override
  public boolean delete(String id) {
    if (!files.ids().contains(id)) {
      return false;
    }
    if (files.isDamaged(id)) {
      files.deleteManifest(id);
    } else {
      requireLast(id, files.readable());
      files.delete(List.of(files.read(id)));
    }
    return true;
  }

  private static void requireLast(String id, List<Manifest> all) {
    List<String> later =
        all.stream().filter(each -> each.parent().equals(id)).map(Manifest::name).toList();
    if (!later.isEmpty()) {
      throw new InvalidInputException(
          "other backups continue this one: id="
              + id
              + ", continued by="
              + later
              + "; nothing was deleted, delete those first");
    }
  }

  @Override
  public List<BackupInfo> retain(Retention policy) {
    List<Manifest> old = RetentionRules.dispensable(files.readable(), policy, clock.instant());
    files.delete(old);
    files.sweep();
    files.discardUnfinished(clock.instant().minus(CUT_SHORT));
    return old.stream().map(BackupTarget::info).toList();
  }

  /**
   * The manifest of a backup by its id, or of the newest one.
   *
   * @throws NotFoundException where there is none
   */
  public Manifest find(String id) {
    if (!id.equals(LATEST)) {
      return files.read(id);
    }
    // Not the newest that can be read: nobody wants an older one without being told.
    List<String> ids = files.ids();
    if (ids.isEmpty()) {
      throw new NotFoundException("there is no backup in the target; make one");
    }
    return files.read(ids.getFirst());
  }

  /**
   * As {@link #find}, of one store.
   *
   * @throws NotFoundException where there is none
   * @throws MismatchException where the backup is of another store
   */
  public Manifest findOf(UUID store, String id) {
    if (id.equals(LATEST)) {
      return newestOf(store);
    }
    Manifest found = files.read(id);
    if (!found.storeId().equals(store)) {
      throw new MismatchException(
          "the backup is of another store: store="
              + store
              + ", backup="
              + found.storeId()
              + "; nothing was changed, restore it into a new directory");
    }
    return found;
  }

  /** One that cannot be read may be a newer one of the store: it is not passed over. */
  private Manifest newestOf(UUID store) {
    for (String id : files.ids()) {
      Manifest found = newer(id);
      if (found.storeId().equals(store)) {
        return found;
      }
    }
    throw new NotFoundException("there is no backup of the store: store=" + store);
  }

  private Manifest newer(String id) {
    try {
      return files.read(id);
    } catch (CorruptStoreException e) {
      throw new CorruptStoreException(e.getMessage() + "; name the backup that is wanted", e);
    }
  }

  /** What users are told of a backup. */
  public static BackupInfo info(Manifest manifest) {
    return new BackupInfo(
        manifest.name(),
        switch (manifest.kind()) {
          case FULL -> BackupKind.FULL;
          case INCREMENTAL -> BackupKind.INCREMENTAL;
          case DIFFERENTIAL -> BackupKind.DIFFERENTIAL;
          case SNAPSHOT -> throw new IllegalArgumentException("a snapshot is no backup");
        },
        manifest.parent().isEmpty() ? Optional.empty() : Optional.of(manifest.parent()),
        manifest.metadata(),
        Instant.ofEpochMilli(manifest.createdAt()),
        manifest.storeId().toString(),
        manifest.commit(),
        manifest.bytes());
  }
}
