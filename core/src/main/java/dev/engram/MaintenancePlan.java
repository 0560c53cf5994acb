package dev.engram;

import dev.engram.internal.backup.DirectoryObjectStore;
import dev.engram.spi.ObjectStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What an open store does by itself to keep fit, and how often. A task whose time came while the
 * store was closed is done a minute after opening. One that fails is tried again at its next time,
 * or after ten minutes if that is sooner; it keeps no other task waiting. Immutable; every method
 * returns a changed copy.
 */
public final class MaintenancePlan {
  /** Shortest interval of a task. */
  public static final Duration LEAST_INTERVAL = Duration.ofSeconds(1);

  /** Fastest that files are scrubbed, in bytes a second. */
  public static final long MAX_SCRUB_BYTES = 1L << 40;

  private final Map<MaintenanceTask, Duration> intervals = new EnumMap<>(MaintenanceTask.class);
  private @Nullable ObjectStore target;
  private BackupKind backupKind = BackupKind.FULL;
  private @Nullable Retention retention;
  private CheckLevel checkLevel = CheckLevel.FULL;
  private long scrubBytesPerSecond;

  private MaintenancePlan() {}

  /** {@link MaintenanceTask#EXPIRE} and {@link MaintenanceTask#CONSOLIDATE}, every minute. */
  public static MaintenancePlan standard() {
    return none()
        .every(MaintenanceTask.EXPIRE, Duration.ofMinutes(1))
        .every(MaintenanceTask.CONSOLIDATE, Duration.ofMinutes(1));
  }

  /** Nothing by itself; everything can still be asked for by {@link Engram#maintain}. */
  public static MaintenancePlan none() {
    return new MaintenancePlan();
  }

  /**
   * Does a task again and again.
   *
   * @param interval from one beginning to the next, at least {@link #LEAST_INTERVAL}
   */
  public MaintenancePlan every(MaintenanceTask task, Duration interval) {
    if (interval.compareTo(LEAST_INTERVAL) < 0 || interval.compareTo(Limits.MAX_PERIOD) > 0) {
      throw new InvalidInputException(
          "invalid maintenance: task="
              + task
              + ", interval="
              + interval
              + ", allowed="
              + LEAST_INTERVAL
              + ".."
              + Limits.MAX_PERIOD);
    }
    return with(plan -> plan.intervals.put(task, interval));
  }

  /** Does a task only when it is asked for. */
  public MaintenancePlan never(MaintenanceTask task) {
    return with(plan -> plan.intervals.remove(task));
  }

  /** Where backups are made and deleted; best on another device. */
  public MaintenancePlan backUpTo(Path directory) {
    return backUpTo(new DirectoryObjectStore(directory));
  }

  /** Where backups are made and deleted; the caller closes it, after the store. */
  public MaintenancePlan backUpTo(ObjectStore objects) {
    return with(plan -> plan.target = objects);
  }

  /** Of which kind backups are; {@link BackupKind#FULL} by default. */
  public MaintenancePlan backupKind(BackupKind kind) {
    return with(plan -> plan.backupKind = kind);
  }

  /** Which backups are kept. */
  public MaintenancePlan retain(Retention policy) {
    return with(plan -> plan.retention = policy);
  }

  /** How deep {@link MaintenanceTask#CHECK} goes; {@link CheckLevel#FULL} by default. */
  public MaintenancePlan checkLevel(CheckLevel level) {
    return with(plan -> plan.checkLevel = level);
  }

  /**
   * Reads all files again and again, beside everything else, and compares their checksums, so that
   * damage is found while there is a backup that has none. Where it is stays known when the store
   * is closed. What it finds is logged, and in {@link Stats#scrub}.
   *
   * @param bytesPerSecond that are read at most, on average; 0, the default, for not at all
   */
  public MaintenancePlan scrub(long bytesPerSecond) {
    if (bytesPerSecond < 0 || bytesPerSecond > MAX_SCRUB_BYTES) {
      throw new InvalidInputException(
          "invalid maintenance: scrub="
              + bytesPerSecond
              + " bytes a second, allowed=0.."
              + MAX_SCRUB_BYTES);
    }
    return with(plan -> plan.scrubBytesPerSecond = bytesPerSecond);
  }

  /** How often a task is done; empty where it is only done when it is asked for. */
  public Optional<Duration> interval(MaintenanceTask task) {
    return Optional.ofNullable(intervals.get(task));
  }

  public Optional<ObjectStore> backups() {
    return Optional.ofNullable(target);
  }

  public BackupKind backupKind() {
    return backupKind;
  }

  public Optional<Retention> retention() {
    return Optional.ofNullable(retention);
  }

  public CheckLevel checkLevel() {
    return checkLevel;
  }

  public long scrubBytesPerSecond() {
    return scrubBytesPerSecond;
  }

  /** Whether the plan says all that a task needs. */
  public boolean allows(MaintenanceTask task) {
    return switch (task) {
      case BACK_UP -> target != null;
      case RETAIN -> target != null && retention != null;
      case EXPIRE, CONSOLIDATE, COMPACT, CHECK -> true;
    };
  }

  /**
   * Checks that it says all that a task needs.
   *
   * @throws InvalidInputException where it does not
   */
  void require(MaintenanceTask task) {
    if (!allows(task)) {
      throw new InvalidInputException(
          "invalid maintenance: task="
              + task
              + "; say where to back up to"
              + (task == MaintenanceTask.RETAIN ? ", and what to retain" : ""));
    }
  }

  /** Checks that it says all that its tasks need. */
  void requireWhole() {
    intervals.keySet().forEach(this::require);
  }

  private MaintenancePlan with(Consumer<MaintenancePlan> change) {
    MaintenancePlan copy = new MaintenancePlan();
    copy.intervals.putAll(intervals);
    copy.target = target;
    copy.backupKind = backupKind;
    copy.retention = retention;
    copy.checkLevel = checkLevel;
    copy.scrubBytesPerSecond = scrubBytesPerSecond;
    change.accept(copy);
    return copy;
  }
}
