package dev.engram;

/**
 * Changes that become visible together or not at all. Reads by id and scans see the store as it was
 * when the transaction began, and its own writes; searches see that state or a later one, never its
 * own writes. Where another transaction changed the same record first, {@link #commit} throws
 * {@link ConflictException} and nothing is written. Not thread-safe; closing without a commit rolls
 * back.
 */
public interface Transaction extends AutoCloseable {
  /** A memory space, made if it is not there, whose writes belong to this transaction. */
  MemorySpace space(String name);

  /** A collection that is there, whose writes belong to this transaction. */
  VectorCollection collection(String name);

  /**
   * Takes part in conflict detection as if the record were written: no other transaction that
   * writes or locks it can commit between this one's start and its commit. Prevents write skew.
   *
   * @param collection name of a collection or space
   */
  void lock(String collection, RecordId id);

  /**
   * Makes the changes durable as the store promises.
   *
   * @return the commit's place in the log; of a transaction without changes, the last commit it saw
   * @throws ConflictException where another transaction was first; nothing was written
   * @throws OverloadedException where the queue stayed full; nothing was written
   * @throws OutcomeUnknownException after an I/O error
   */
  CommitId commit();

  /** Forgets the changes. */
  void rollback();

  /** Rolls back unless committed. */
  @Override
  void close();
}
