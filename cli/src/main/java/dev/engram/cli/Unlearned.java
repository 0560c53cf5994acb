package dev.engram.cli;

import dev.engram.Learning;
import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.RecordId;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Passes on what a space does not know yet, and counts what it does: a memory of the same id, text,
 * metadata and provenance. Not thread-safe.
 */
final class Unlearned implements Iterator<Learning> {
  private final MemorySpace space;
  private final Iterator<Learning> all;
  private @Nullable Learning next;
  private long skipped;

  Unlearned(MemorySpace space, Iterator<Learning> all) {
    this.space = space;
    this.all = all;
  }

  @Override
  public boolean hasNext() {
    while (next == null && all.hasNext()) {
      Learning candidate = all.next();
      if (isKnown(candidate)) {
        skipped++;
      } else {
        next = candidate;
      }
    }
    return next != null;
  }

  @Override
  public Learning next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    Learning found = next;
    next = null;
    return found;
  }

  /** How many were known. */
  long skipped() {
    return skipped;
  }

  private boolean isKnown(Learning learning) {
    RecordId id = learning.id().orElse(null);
    return id != null && space.get(id).filter(memory -> isSame(memory, learning)).isPresent();
  }

  private static boolean isSame(Memory memory, Learning learning) {
    return memory.text().equals(learning.text())
        && memory.metadata().equals(learning.metadata())
        && memory.occurredAt().equals(learning.occurredAt())
        && memory.provenance().equals(learning.provenance())
        && learning.timeToLive().isEmpty();
  }
}
