package dev.engram.internal.engine;

import dev.engram.internal.format.Keys;
import dev.engram.internal.format.NumberLayout;
import dev.engram.internal.log.Family;

/**
 * What is noted of few memories, for an audit, as rows of {@code meta}: how often they came back as
 * new content, and that what took their place is gone. Works inside one transaction; not
 * thread-safe.
 */
final class MemoryNotes {
  private static final int NUMBERS = 3;

  private final CatalogEntry space;
  private final Tx tx;

  MemoryNotes(Session session, CatalogEntry space) {
    this.space = space;
    this.tx = session.tx();
  }

  /**
   * A note; 0 for what has not happened.
   *
   * @param loops how often it was recalled and came back as new content
   * @param lastLoop when last
   * @param supersederGone when what took its place was forgotten
   */
  record Note(long loops, long lastLoop, long supersederGone) {
    private static final Note NONE = new Note(0, 0, 0);

    static Note decode(byte[] key, byte[] row) {
      long[] numbers = NumberLayout.decode(key, row, NUMBERS);
      return new Note(numbers[0], numbers[1], numbers[2]);
    }
  }

  void countLoop(int node) {
    Note note = of(node);
    put(node, new Note(note.loops + 1, tx.now(), note.supersederGone));
  }

  void supersederGone(int node) {
    Note note = of(node);
    put(node, new Note(note.loops, note.lastLoop, tx.now()));
  }

  /** The memory itself is gone. */
  void remove(int node) {
    byte[] key = key(node);
    if (tx.get(Family.META, key) != null) {
      tx.claim(Family.META, key);
      tx.delete(Family.META, key);
    }
  }

  private Note of(int node) {
    byte[] key = key(node);
    byte[] row = tx.get(Family.META, key);
    return row == null ? Note.NONE : Note.decode(key, row);
  }

  private void put(int node, Note note) {
    byte[] key = key(node);
    tx.claim(Family.META, key);
    tx.put(
        Family.META, key, NumberLayout.encode(key, note.loops, note.lastLoop, note.supersederGone));
  }

  private byte[] key(int node) {
    return Keys.note(space.number(), node);
  }
}
