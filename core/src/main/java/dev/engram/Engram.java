package dev.engram;

import dev.engram.internal.engine.EngineFactory;
import dev.engram.internal.engine.FollowerFactory;
import dev.engram.spi.KeySource;
import dev.engram.spi.ObjectStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * An open store: one directory, one log, and the collections and memory spaces in it. Thread-safe;
 * one open store per directory. Calls block and suit virtual threads. Using it, or anything got
 * from it, after {@link #close} is a {@link ClosedException}.
 */
public interface Engram extends AutoCloseable {
  /** As {@link #open(Path)}, by the directory's path. */
  static Engram open(String directory) {
    return open(Path.of(directory));
  }

  /** Opens the store in a directory, and makes it where there is none. */
  static Engram open(Path directory) {
    return open(EngramConfig.at(directory));
  }

  /**
   * Opens a store. A follower is opened to be read, and writes to it are a {@link
   * ReadOnlyException}: see {@link #follow(EngramConfig, Following, Progress)}.
   *
   * @throws StoreLockedException where the directory is open already
   * @throws CorruptStoreException where the log is damaged: see {@link #repair}
   * @throws MismatchException where the directory holds another version's store
   * @throws EncryptionException where it is encrypted and the key is missing or wrong, or where it
   *     is not and a key is given; nothing is changed
   */
  static Engram open(EngramConfig config) {
    return EngineFactory.open(config);
  }

  /** A store in memory, gone when it is closed. */
  static Engram inMemory() {
    return open(EngramConfig.inMemory());
  }

  /**
   * Opens a store whose log is damaged, keeps every commit before the damage, and starts a new
   * timeline; the views are rebuilt. The report says which commits were lost. The store is closed
   * again when this returns.
   *
   * @param acceptLoss whether commits behind the damage may be given up; if not and any would be
   *     lost, nothing is changed and a {@link CorruptStoreException} says so
   */
  static RepairReport repair(Path directory, boolean acceptLoss) {
    return repair(EngramConfig.at(directory), acceptLoss);
  }

  /** As {@link #repair(Path, boolean)}, of a store that may be encrypted. */
  static RepairReport repair(EngramConfig store, boolean acceptLoss) {
    Repair how = Repair.lossless();
    return repair(store, acceptLoss ? how.acceptingLoss() : how, Progress.NONE);
  }

  /** As {@link #repair(EngramConfig, Repair, Progress)}. */
  static RepairReport repair(Path directory, Repair how, Progress progress) {
    return repair(EngramConfig.at(directory), how, progress);
  }

  /**
   * Repairs a store that is closed, and checks it as deeply as {@link #check()} does.
   *
   * <ol>
   *   <li>Damaged or missing files of the log are taken from the store's backups, where some are
   *       named and hold them. Nothing is lost then.
   *   <li>Else the log is cut at the damage, or the newest backup restored in its place, whichever
   *       keeps more; only where the loss is accepted, and on a new timeline.
   *   <li>Views that are damaged, or differ from the rows, are dropped, and rebuilt by the next
   *       opening.
   * </ol>
   *
   * Everything is tried on a copy first.
   *
   * @throws CorruptStoreException where commits would be lost and that is not accepted, or where
   *     nothing helps; it says what can be kept, and nothing was changed
   */
  static RepairReport repair(EngramConfig store, Repair how, Progress progress) {
    return EngineFactory.repair(store, how, progress);
  }

  /**
   * Puts a snapshot in the place of the store that it was made of, on a new timeline; the store's
   * other snapshots stay. Everything is verified before anything is changed, and a restore that is
   * cut short is finished or dropped when the store is opened next. The store is closed before and
   * after.
   *
   * @return the last commit of the restored store
   * @throws NotFoundException where there is no store, or no snapshot of this name
   * @throws StoreLockedException where the store is open
   * @throws CorruptStoreException where the snapshot is damaged; the store is as it was
   * @throws MismatchException where another store or another version made the snapshot; the store
   *     is as it was
   */
  static CommitId restoreSnapshot(Path store, String name) {
    return restoreSnapshot(EngramConfig.at(store), name);
  }

  /** As {@link #restoreSnapshot(Path, String)}, of a store that may be encrypted. */
  static CommitId restoreSnapshot(EngramConfig store, String name) {
    return EngineFactory.restoreSnapshot(store, name);
  }

  /**
   * Makes another store of a snapshot, in a new or empty directory, on a new timeline. The store
   * that has the snapshot may be open meanwhile, and is not changed.
   *
   * @return the last commit of the other store
   * @throws ExistsException where the directory holds anything
   */
  static CommitId restoreSnapshot(Path store, String name, Path newDirectory) {
    return restoreSnapshot(EngramConfig.at(store), name, newDirectory);
  }

  /** As {@link #restoreSnapshot(Path, String, Path)}, of a store that may be encrypted. */
  static CommitId restoreSnapshot(EngramConfig store, String name, Path newDirectory) {
    return EngineFactory.restoreSnapshot(store, name, newDirectory);
  }

  /** As {@link #restore(ObjectStore, String, Path, Progress)}, from a directory. */
  static CommitId restore(Path target, String id, Path directory) {
    return restore(target, id, directory, Progress.NONE);
  }

  /** As {@link #restore(ObjectStore, String, Path, Progress)}, from a directory. */
  static CommitId restore(Path target, String id, Path directory, Progress progress) {
    return restore(target, id, EngramConfig.at(directory), progress);
  }

  /** As {@link #restore(ObjectStore, String, EngramConfig, Progress)}, from a directory. */
  static CommitId restore(Path target, String id, EngramConfig store, Progress progress) {
    return restore(EngineFactory.directory(target), id, store, progress);
  }

  /**
   * Makes a store of a backup, in a new or empty directory, on a new timeline. Everything is read
   * and compared before the directory becomes a store; a restore that is cut short is finished or
   * dropped when the directory is opened next.
   *
   * @param target where the backup is
   * @param id of the backup, or {@link Backups#LATEST}
   * @return the last commit of the new store
   * @throws NotFoundException where there is no such backup
   * @throws ExistsException where the directory holds anything
   * @throws CorruptStoreException where the backup is damaged; there is no store then
   */
  static CommitId restore(ObjectStore target, String id, Path directory, Progress progress) {
    return restore(target, id, EngramConfig.at(directory), progress);
  }

  /**
   * As {@link #restore(ObjectStore, String, Path, Progress)}, of a backup that may be encrypted.
   *
   * @param store the directory, and the master key that opens the backup
   * @throws EncryptionException where the key is missing or wrong, or the backup is not encrypted
   *     and there is one; there is no store then
   */
  static CommitId restore(ObjectStore target, String id, EngramConfig store, Progress progress) {
    return EngineFactory.restore(target, id, store, progress);
  }

  /** As {@link #restoreInPlace(ObjectStore, String, EngramConfig, Progress)}, from a directory. */
  static CommitId restoreInPlace(Path target, String id, Path store) {
    EngramConfig config = EngramConfig.at(store);
    return restoreInPlace(EngineFactory.directory(target), id, config, Progress.NONE);
  }

  /**
   * Puts a backup of a store in its place, on a new timeline; what was committed after the backup
   * is there no more. Files that the store or a snapshot of it still has, as the backup has them,
   * are not fetched. Everything is compared before anything is replaced; a restore that is cut
   * short is finished or dropped when the store is opened next. Snapshots stay.
   *
   * @param target where the backup is
   * @param id of the backup, or {@link Backups#LATEST} for the newest one of this store
   * @param store the directory of the store, which nobody has open, and its master key
   * @return the last commit that the store has then
   * @throws NotFoundException where there is no such store or backup
   * @throws MismatchException where the backup is of another store; nothing was changed
   * @throws CorruptStoreException where the backup is damaged, or the store so that it does not say
   *     whose backups are its own; nothing was changed, {@link #repair} mends that, or a restore
   *     into a new directory
   * @throws EncryptionException where the key is missing or wrong; nothing was changed
   */
  static CommitId restoreInPlace(
      ObjectStore target, String id, EngramConfig store, Progress progress) {
    return EngineFactory.restoreInPlace(target, id, store, progress);
  }

  /** As {@link #recover(ObjectStore, RecoveryPoint, Path, Progress)}, from a directory. */
  static CommitId recover(Path target, RecoveryPoint until, Path directory) {
    return recover(target, until, directory, Progress.NONE);
  }

  /** As {@link #recover(ObjectStore, RecoveryPoint, Path, Progress)}, from a directory. */
  static CommitId recover(Path target, RecoveryPoint until, Path directory, Progress progress) {
    return recover(EngineFactory.directory(target), until, directory, progress);
  }

  /** As {@link #recover(ObjectStore, RecoveryPoint, EngramConfig, Progress)}, from a directory. */
  static CommitId recover(Path target, RecoveryPoint until, EngramConfig store, Progress progress) {
    return recover(EngineFactory.directory(target), until, store, progress);
  }

  /**
   * Makes a store as another one was at some point, in a new or empty directory, on a new timeline:
   * of the newest backup before the point, and of the commits that were archived after it; of
   * commits alone where they are there from the first one on. Everything is read and compared
   * before the directory becomes a store; a recovery that is cut short is finished or dropped when
   * the directory is opened next.
   *
   * @param target where the archive is, and the backups
   * @return the last commit of the new store
   * @throws NotFoundException where there is no such store, point or commit, or commits before the
   *     point are missing
   * @throws InvalidInputException where the target has several stores and none was named
   * @throws ExistsException where the directory holds anything
   * @throws CorruptStoreException where what is needed is damaged; there is no store then
   * @throws MismatchException where a newer version made what is needed
   */
  static CommitId recover(
      ObjectStore target, RecoveryPoint until, Path directory, Progress progress) {
    return recover(target, until, EngramConfig.at(directory), progress);
  }

  /**
   * As {@link #recover(ObjectStore, RecoveryPoint, Path, Progress)}, of a store that may be
   * encrypted. The new one is encrypted as it was: under the data keys of the backup that it begins
   * with, or under new ones where it begins with nothing.
   *
   * @param store the directory, and the master keys that open the archive and the backup
   * @throws EncryptionException where a key is missing or wrong, or the store was not encrypted and
   *     there is one; there is no store then
   */
  static CommitId recover(
      ObjectStore target, RecoveryPoint until, EngramConfig store, Progress progress) {
    return EngineFactory.recover(target, until, store, progress);
  }

  /** As {@link #follow(EngramConfig, Following, Progress)}. */
  static Follower follow(EngramConfig store, Following from) {
    return follow(store, from, Progress.NONE);
  }

  /**
   * Opens a follower, and makes it where there is none: of the newest backup in the target, or of
   * nothing where the archive begins with the first commit. It does not wait for what is archived
   * behind that: see {@link Follower#catchUp}. Its directory can also be opened by {@link
   * #open(EngramConfig)} and read, while nobody follows; it is no ordinary store before it is
   * promoted.
   *
   * @param store the directory, and how the store is opened; {@link Durability#DURABLE} means that
   *     whatever is lost with the power is applied again
   * @throws NotFoundException where there is no such store in the target, or commits are missing
   * @throws InvalidInputException where the target has several stores and none was named, or the
   *     follower is to be archived
   * @throws ExistsException where the directory holds anything but a follower
   * @throws CorruptStoreException where what it is made of is damaged; there is no store then
   * @throws EncryptionException where the store is encrypted and the key is missing or wrong, or it
   *     is not and there is one
   */
  static Follower follow(EngramConfig store, Following from, Progress progress) {
    return FollowerFactory.follow(store, from, progress);
  }

  /**
   * Makes a follower that is closed an ordinary store, as {@link Follower#promote} does.
   *
   * @return the last commit, on the new timeline
   * @throws NotFoundException where there is no follower
   */
  static CommitId promote(EngramConfig store) {
    return FollowerFactory.promote(store);
  }

  /** The archive in a directory, to be listed and verified without a store. */
  static Archive archiveIn(Path target) {
    return archiveIn(EngineFactory.directory(target));
  }

  /** The archive in an object store, to be listed and verified without a store. */
  static Archive archiveIn(ObjectStore target) {
    return EngineFactory.archiveIn(target, Optional.empty());
  }

  /**
   * The archive of encrypted stores in an object store.
   *
   * @param keys the master keys that were current when the commits were archived; listing needs
   *     none
   */
  static Archive archiveIn(ObjectStore target, KeySource keys) {
    return EngineFactory.archiveIn(target, Optional.of(keys));
  }

  /** The backups in a directory, to be listed, verified and deleted without a store. */
  static Backups backupsIn(Path target) {
    return EngineFactory.backupsIn(EngineFactory.directory(target));
  }

  /** The backups in an object store, to be listed, verified and deleted without a store. */
  static Backups backupsIn(ObjectStore target) {
    return EngineFactory.backupsIn(target);
  }

  /** A memory space by name or alias, made if it is not there. */
  MemorySpace space(String name);

  /** A memory space by name or alias, if it is there. */
  Optional<MemorySpace> findSpace(String name);

  /**
   * A collection by name or alias.
   *
   * @throws NotFoundException where it is not there
   */
  VectorCollection collection(String name);

  /**
   * A collection by name, made if it is not there.
   *
   * @throws MismatchException where it is there with another configuration
   */
  VectorCollection collection(String name, CollectionConfig config);

  /** Making, dropping, renaming and listing. */
  Catalog catalog();

  /** Begins a transaction; close it. */
  Transaction begin(CommitOptions options);

  /** Begins a transaction; close it. */
  default Transaction begin() {
    return begin(CommitOptions.NONE);
  }

  /**
   * Runs the work in a transaction and commits it. On a {@link ConflictException} the work runs
   * again, up to a limit, so it should have no other effects.
   */
  default CommitId write(Consumer<Transaction> work) {
    return write(CommitOptions.NONE, work);
  }

  /** As {@link #write(Consumer)}, with options. */
  CommitId write(CommitOptions options, Consumer<Transaction> work);

  /** As {@link #write(Consumer)}, and returns what the work returned. */
  <T> T transact(Function<Transaction, T> work);

  /** What the log tells of its commits, the newest first; old ones are trimmed. */
  List<CommitInfo> commits(CommitRange range);

  /** The last acknowledged commit. */
  CommitId lastCommit();

  /**
   * Waits until every view has applied a commit.
   *
   * @return whether they did so in time
   */
  boolean awaitViews(CommitId commit, Duration timeout);

  /** Checks everything: files, log, rows, cross references, and each view against the truth. */
  default CheckReport check() {
    return check(CheckLevel.DEEP, Progress.NONE);
  }

  /**
   * Checks the store, while it is used. Changes nothing; what is wrong, and what mends it, stands
   * in the report.
   *
   * @param progress is told of the bytes that are read
   */
  CheckReport check(CheckLevel level, Progress progress);

  /**
   * Does what keeps the store fit, now: each task that has all that it needs, one after the other.
   * See {@link #maintain(Set, Progress)}.
   */
  default List<MaintenanceResult> maintain() {
    return maintain(EnumSet.allOf(MaintenanceTask.class), Progress.NONE);
  }

  /**
   * Does some of what keeps the store fit, now, whether {@link EngramConfig#maintenance} plans it
   * or not. A task that fails keeps no other one from being done.
   *
   * @param tasks those that lack what they need, such as a target for backups, are left out
   * @return how each ended
   * @throws CancelledException where the listener or an interrupt ends it
   */
  List<MaintenanceResult> maintain(Set<MaintenanceTask> tasks, Progress progress);

  /** As {@link #compact(Progress)}. */
  default CompactionReport compact() {
    return compact(Progress.NONE);
  }

  /**
   * Gives back the disk space of what was replaced and deleted, everywhere and at once; the store
   * does so by itself where much has gone. Takes as long as copying what lives, while everything
   * else goes on.
   *
   * @throws CancelledException where the listener or an interrupt ends it; the store is whole
   */
  CompactionReport compact(Progress progress);

  /** Figures of the store and its views. */
  Stats stats();

  /**
   * Publishes the views and flushes the log, so that the next opening is fast. Needed for nothing
   * else.
   */
  void checkpoint();

  /**
   * Copies the whole store, as it is now, into a new or empty directory. The copy starts a new
   * timeline. That of an encrypted store is encrypted too, under data keys of its own.
   */
  void saveTo(Path directory);

  /** As {@link #saveTo(Path)}; the copy is encrypted, whether or not this store is. */
  void saveTo(Path directory, KeySource keys);

  /** The keys of the store; empty where it is not encrypted. */
  Optional<Encryption> encryption();

  /** Writes collections and spaces to files and reads them again. */
  Transfer transfer();

  /** Who did what. */
  AuditLog auditLog();

  /** Snapshots of the store, in its directory. */
  Snapshots snapshots();

  /** Backups of the store, elsewhere. */
  BackupTargets backups();

  /** The archive of the store, elsewhere. */
  ArchiveTargets archive();

  /** Waits for running calls, publishes the views and closes. Idempotent. */
  @Override
  void close();
}
