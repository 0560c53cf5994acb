package dev.engram;

import dev.engram.spi.Embedder;
import dev.engram.spi.KeySource;
import dev.engram.spi.View;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How a store is opened. Immutable to its users; every method returns a changed copy. */
public final class EngramConfig {
  /** Most commits that may wait in the queue; more writers wait for a place. */
  public static final int MAX_QUEUE_LIMIT = 1_000_000;

  private @Nullable Path path;
  private boolean createIfMissing = true;
  private Durability durability = Durability.DURABLE;
  private Compression compression = Compression.LZ4;
  private @Nullable Embedder embedder;
  private InstantSource clock = InstantSource.system();
  private Duration idempotencyRetention = Duration.ofHours(24);
  private int queueLimit = 4_096;
  private Duration queueTimeout = Duration.ofSeconds(30);
  private long logLimitBytes = 1L << 30;
  private long searchCacheBytes = 16L << 20;
  private long synapseCacheBytes = Runtime.getRuntime().maxMemory() / 8;
  private long rowCacheBytes = Runtime.getRuntime().maxMemory() / 8;
  private int snapshotLimit = 10;
  private long backupLogBytes = 256L << 20;
  private @Nullable Archiving archive;
  private boolean closeAtExit = true;
  private @Nullable KeySource encryption;
  private MaintenancePlan maintenance = MaintenancePlan.standard();
  private @Nullable Boolean auditLog;
  private @Nullable Duration auditRetention;
  private @Nullable String actor;
  private List<View> views = List.of();

  private EngramConfig() {}

  /** A store in a directory, made if it is not there. */
  public static EngramConfig at(Path directory) {
    return new EngramConfig().with(c -> c.path = directory);
  }

  /** A store in memory, gone when it is closed; see {@link Engram#saveTo}. */
  public static EngramConfig inMemory() {
    return new EngramConfig();
  }

  /** Whether a missing store is made (the default) or a {@link NotFoundException}. */
  public EngramConfig createIfMissing(boolean create) {
    return with(c -> c.createIfMissing = create);
  }

  /** What an acknowledged commit survives; {@link Durability#DURABLE} by default. */
  public EngramConfig durability(Durability promise) {
    return with(c -> c.durability = promise);
  }

  /** How new files are compressed; {@link Compression#LZ4} by default. */
  public EngramConfig compression(Compression setting) {
    return with(c -> c.compression = setting);
  }

  /** Makes vectors from the texts of memory spaces. The caller closes it, after the store. */
  public EngramConfig embedder(Embedder service) {
    return with(c -> c.embedder = service);
  }

  /** Where the store takes the time from. */
  public EngramConfig clock(InstantSource source) {
    return with(c -> c.clock = source);
  }

  /** How long a commit's idempotency key is remembered; 24 hours by default. */
  public EngramConfig idempotencyRetention(Duration retention) {
    requirePositive("idempotencyRetention", retention);
    return with(c -> c.idempotencyRetention = retention);
  }

  /** How many commits may wait for the log; 4,096 by default. */
  public EngramConfig queueLimit(int commits) {
    if (commits < 1 || commits > MAX_QUEUE_LIMIT) {
      throw new InvalidInputException(
          "invalid configuration: queueLimit=" + commits + ", allowed=1.." + MAX_QUEUE_LIMIT);
    }
    return with(c -> c.queueLimit = commits);
  }

  /** How long a writer waits for a place in a full queue; 30 seconds by default. */
  public EngramConfig queueTimeout(Duration timeout) {
    requirePositive("queueTimeout", timeout);
    return with(c -> c.queueTimeout = timeout);
  }

  /**
   * How large the log may grow while a view or the archive has not caught up, 1 GiB by default;
   * beyond it the log is trimmed, the laggard is rebuilt from the state, and the archive has a gap.
   */
  public EngramConfig logLimitBytes(long bytes) {
    if (bytes < 1 << 20) {
      throw new InvalidInputException(
          "invalid configuration: logLimitBytes=" + bytes + ", allowed >= " + (1 << 20));
    }
    return with(c -> c.logLimitBytes = bytes);
  }

  /**
   * Heap for the results of searches of collections that may be asked again, about; 16 MiB by
   * default, 0 keeps none. A result is given again only while no commit has touched its collection.
   */
  public EngramConfig searchCacheBytes(long bytes) {
    if (bytes < 0) {
      throw new InvalidInputException(
          "invalid configuration: searchCacheBytes=" + bytes + ", allowed >= 0");
    }
    return with(c -> c.searchCacheBytes = bytes);
  }

  /**
   * Heap for the synapses of the memories that were asked for last, about, so that activation
   * spreads without reading them again; an eighth of the heap by default, 0 keeps none. A synapse
   * takes some 60 bytes.
   */
  public EngramConfig synapseCacheBytes(long bytes) {
    if (bytes < 0) {
      throw new InvalidInputException(
          "invalid configuration: synapseCacheBytes=" + bytes + ", allowed >= 0");
    }
    return with(c -> c.synapseCacheBytes = bytes);
  }

  /**
   * Heap for ids, records and nodes that were read last, about, so that they are not read from
   * files again; an eighth of the heap by default, 0 keeps none. A row takes some 200 bytes and
   * itself.
   */
  public EngramConfig rowCacheBytes(long bytes) {
    if (bytes < 0) {
      throw new InvalidInputException(
          "invalid configuration: rowCacheBytes=" + bytes + ", allowed >= 0");
    }
    return with(c -> c.rowCacheBytes = bytes);
  }

  /**
   * How many snapshots the store keeps, 10 by default: when one more is made, the oldest goes.
   *
   * @param snapshots from 1 to {@link Limits#MAX_SNAPSHOTS}
   */
  public EngramConfig snapshotLimit(int snapshots) {
    if (snapshots < 1 || snapshots > Limits.MAX_SNAPSHOTS) {
      throw new InvalidInputException(
          "invalid configuration: snapshotLimit="
              + snapshots
              + ", allowed=1.."
              + Limits.MAX_SNAPSHOTS);
    }
    return with(c -> c.snapshotLimit = snapshots);
  }

  /**
   * How much of the log is kept from a backup on, about, so that the next one can continue it; 256
   * MiB by default, 0 for none. Disk space of vectors that are replaced is given back only when the
   * log is trimmed.
   */
  public EngramConfig backupLogBytes(long bytes) {
    if (bytes < 0) {
      throw new InvalidInputException(
          "invalid configuration: backupLogBytes=" + bytes + ", allowed >= 0");
    }
    return with(c -> c.backupLogBytes = bytes);
  }

  /**
   * Archives the commits in the background, while the store is open and once more when it is
   * closed. Not for a store in memory.
   */
  public EngramConfig archive(Archiving archiving) {
    return with(c -> c.archive = archiving);
  }

  /**
   * Whether the store is closed when the process ends by {@link System#exit} or a signal, which it
   * is by default. Who says no closes it before: a process that ends with an open store may hang
   * where a write fails at that moment.
   */
  public EngramConfig closeAtExit(boolean close) {
    return with(c -> c.closeAtExit = close);
  }

  /**
   * Encrypts a store that is made, and opens one that is encrypted: every value in its log is
   * sealed by AES-256-GCM, and its indexes are held in memory only and made anew when it is opened.
   * A store that is there and is not encrypted is refused, and so is an encrypted one without this.
   *
   * @param keys where the master key comes from, such as {@link Keyring#at}
   */
  public EngramConfig encryption(KeySource keys) {
    return with(c -> c.encryption = keys);
  }

  /**
   * What the store does by itself, and how often; {@link MaintenancePlan#standard} by default.
   *
   * @throws InvalidInputException where a task lacks what it needs, such as a target for backups
   */
  public EngramConfig maintenance(MaintenancePlan plan) {
    plan.requireWhole();
    return with(c -> c.maintenance = plan);
  }

  /**
   * Switches the {@link AuditLog} on or off when the store is opened; it is left as it is unless
   * this is said. While it is on, each commit takes a hash of its changes and two small rows.
   */
  public EngramConfig auditLog(boolean on) {
    return with(c -> c.auditLog = on);
  }

  /** How long entries of the audit log are kept; for ever unless this is said. */
  public EngramConfig auditRetention(Duration retention) {
    requirePositive("auditRetention", retention);
    return with(c -> c.auditRetention = retention);
  }

  /** Who makes the commits that name no {@link CommitOptions#author}. */
  public EngramConfig actor(String name) {
    CommitOptions checked = CommitOptions.NONE.author(name);
    return with(c -> c.actor = checked.author().orElseThrow());
  }

  /** Adds a view of the caller's that follows the commits. */
  public EngramConfig view(View view) {
    return with(c -> c.views = Stream.concat(views.stream(), Stream.of(view)).toList());
  }

  public boolean closeAtExit() {
    return closeAtExit;
  }

  /** The directory; empty for a store in memory. */
  public Optional<Path> path() {
    return Optional.ofNullable(path);
  }

  public boolean createIfMissing() {
    return createIfMissing;
  }

  public Durability durability() {
    return durability;
  }

  public Compression compression() {
    return compression;
  }

  public Optional<Embedder> embedder() {
    return Optional.ofNullable(embedder);
  }

  public InstantSource clock() {
    return clock;
  }

  public Duration idempotencyRetention() {
    return idempotencyRetention;
  }

  public int queueLimit() {
    return queueLimit;
  }

  public Duration queueTimeout() {
    return queueTimeout;
  }

  public long logLimitBytes() {
    return logLimitBytes;
  }

  public long searchCacheBytes() {
    return searchCacheBytes;
  }

  public long synapseCacheBytes() {
    return synapseCacheBytes;
  }

  public long rowCacheBytes() {
    return rowCacheBytes;
  }

  public int snapshotLimit() {
    return snapshotLimit;
  }

  public long backupLogBytes() {
    return backupLogBytes;
  }

  public Optional<Archiving> archive() {
    return Optional.ofNullable(archive);
  }

  /** Where the master key comes from; empty for a store that is not encrypted. */
  public Optional<KeySource> encryption() {
    return Optional.ofNullable(encryption);
  }

  public MaintenancePlan maintenance() {
    return maintenance;
  }

  /** Empty to leave it as it is. */
  public Optional<Boolean> auditLog() {
    return Optional.ofNullable(auditLog);
  }

  /** Empty for ever. */
  public Optional<Duration> auditRetention() {
    return Optional.ofNullable(auditRetention);
  }

  public Optional<String> actor() {
    return Optional.ofNullable(actor);
  }

  public List<View> views() {
    return views;
  }

  private EngramConfig with(Consumer<EngramConfig> change) {
    EngramConfig copy = new EngramConfig();
    copy.path = path;
    copy.createIfMissing = createIfMissing;
    copy.durability = durability;
    copy.compression = compression;
    copy.embedder = embedder;
    copy.clock = clock;
    copy.idempotencyRetention = idempotencyRetention;
    copy.queueLimit = queueLimit;
    copy.queueTimeout = queueTimeout;
    copy.logLimitBytes = logLimitBytes;
    copy.searchCacheBytes = searchCacheBytes;
    copy.synapseCacheBytes = synapseCacheBytes;
    copy.rowCacheBytes = rowCacheBytes;
    copy.snapshotLimit = snapshotLimit;
    copy.backupLogBytes = backupLogBytes;
    copy.archive = archive;
    copy.closeAtExit = closeAtExit;
    copy.encryption = encryption;
    copy.maintenance = maintenance;
    copy.auditLog = auditLog;
    copy.auditRetention = auditRetention;
    copy.actor = actor;
    copy.views = views;
    change.accept(copy);
    return copy;
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new InvalidInputException(
          "invalid configuration: " + name + "=" + value + ", allowed > 0");
    }
  }
}
