package dev.engram.internal.engine;

import dev.engram.Feedback;
import dev.engram.NotFoundException;
import dev.engram.RecordId;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.OperationLayout;
import dev.engram.internal.format.OperationLayout.Operation;
import dev.engram.internal.log.Family;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * Recalls as rows, so that it can be said later whether they helped. Works inside one transaction;
 * not thread-safe.
 */
final class Operations {
  /** So long it can be said. */
  static final Duration KEPT = Duration.ofDays(7);

  /** Recalls that are let go in one commit. */
  private static final int BATCH = 10_000;

  /** Recalls that are looked through for a memory. */
  private static final int LOOKED_THROUGH = 10_000;

  private final Session session;
  private final CatalogEntry space;
  private final Tx tx;

  Operations(Session session, CatalogEntry space) {
    this.session = session;
    this.space = space;
    this.tx = session.tx();
  }

  /** Keeps a recall. */
  void keep(UUID operation, long at, List<RecordId> found) {
    byte[] key = Keys.operation(space.number(), operation);
    Operation row = new Operation(at, found, false, false, 0);
    tx.put(Family.OPERATIONS, key, OperationLayout.encode(key, row));
  }

  /** Whether a memory was found by a recall since some time; looks through the first of these. */
  boolean found(RecordId id, long sinceMillis) {
    byte[] from = Keys.operation(space.number(), new UUID(Math.max(0, sinceMillis) << 16, 0));
    boolean[] found = {false};
    int[] left = {LOOKED_THROUGH};
    tx.scan(
        Family.OPERATIONS,
        from,
        Keys.collection(space.number()),
        (key, value) -> {
          found[0] = OperationLayout.decode(key, value).found().contains(id);
          return !found[0] && --left[0] > 0;
        });
    return found[0];
  }

  /**
   * Something is said of a recall. Where it helped, what was used is strengthened, the first time
   * that this is said.
   *
   * @return whether anything was strengthened
   */
  boolean say(Feedback feedback) {
    byte[] key = key(feedback.operation());
    byte[] row = tx.get(Family.OPERATIONS, key);
    if (row == null) {
      throw gone(feedback.operation());
    }
    Operation before = OperationLayout.decode(key, row);
    tx.claim(Family.OPERATIONS, key);
    Operation after = before.with(feedback.success(), feedback.score());
    tx.put(Family.OPERATIONS, key, OperationLayout.encode(key, after));
    boolean first = feedback.success() && !before.helped();
    if (first) {
      List<RecordId> used =
          feedback.used().isEmpty()
              ? before.found()
              : before.found().stream().filter(feedback.used()::contains).toList();
      reinforce(used, feedback.score());
    }
    return first;
  }

  /**
   * Strengthens what was recalled together: the synapses between the memories, as far as there are
   * any, and how important the memories are.
   *
   * @param share of the learning rate
   */
  void reinforce(Collection<RecordId> ids, double share) {
    Memories memories = new Memories(session);
    List<Stored> there = new ArrayList<>();
    for (RecordId id : ids) {
      Stored stored = memories.find(space, id);
      if (stored != null) {
        there.add(stored);
      }
    }
    new Associations(session, space).reinforce(there, share);
  }

  /** Lets go the oldest of the recalls that are too old; how many. */
  int expire() {
    byte[] prefix = Keys.collection(space.number());
    long oldest = tx.now() - KEPT.toMillis();
    List<byte[]> due = new ArrayList<>();
    tx.scan(
        Family.OPERATIONS,
        prefix,
        prefix,
        (key, value) -> {
          boolean old = OperationLayout.decode(key, value).at() < oldest;
          if (old) {
            due.add(key);
          }
          return old && due.size() < BATCH;
        });
    due.forEach(key -> tx.delete(Family.OPERATIONS, key));
    return due.size();
  }

  private byte[] key(RecordId operation) {
    if (operation instanceof RecordId.Uuid uuid) {
      return Keys.operation(space.number(), uuid.value());
    }
    throw gone(operation);
  }

  private static NotFoundException gone(RecordId operation) {
    return new NotFoundException(
        "there is no such recall, or it is too old: operation="
            + operation
            + ", keptDays="
            + KEPT.toDays());
  }
}
