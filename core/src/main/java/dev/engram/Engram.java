package dev.engram;

import dev.engram.internal.engine.EngineFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
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
   * Opens a store.
   *
   * @throws StoreLockedException where the directory is open already
   * @throws CorruptStoreException where the log is damaged: see {@link #repair}
   * @throws MismatchException where the directory holds another version's store
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
    return EngineFactory.repair(directory, acceptLoss);
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

  /** The last acknowledged commit. */
  CommitId lastCommit();

  /**
   * Waits until every view has applied a commit.
   *
   * @return whether they did so in time
   */
  boolean awaitViews(CommitId commit, Duration timeout);

  /** Checks everything: files, log, rows, cross references, and each view against the truth. */
  CheckReport check();

  /** Figures of the store and its views. */
  Stats stats();

  /**
   * Publishes the views and flushes the log, so that the next opening is fast. Needed for nothing
   * else.
   */
  void checkpoint();

  /**
   * Copies the whole store, as it is now, into a new or empty directory. The copy starts a new
   * timeline.
   */
  void saveTo(Path directory);

  /** Writes collections and spaces to files and reads them again. */
  Transfer transfer();

  /** Waits for running calls, publishes the views and closes. Idempotent. */
  @Override
  void close();
}
