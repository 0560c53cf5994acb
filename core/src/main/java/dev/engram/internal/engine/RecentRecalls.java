package dev.engram.internal.engine;

import dev.engram.RecordId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The last recalls of this process, so that what they found is recognised before they are written:
 * at most {@value #MOST}, and of each the first {@value #FOUND} memories. Thread-safe.
 */
final class RecentRecalls {
  static final int MOST = 1_000;
  private static final int FOUND = 200;

  /** The last one first. Guarded by itself. */
  private final Deque<Recalled> last = new ArrayDeque<>();

  private record Recalled(int space, long atMillis, List<RecordId> found) {}

  void add(int space, long atMillis, List<RecordId> found) {
    List<RecordId> first = List.copyOf(found.subList(0, Math.min(FOUND, found.size())));
    synchronized (last) {
      last.addFirst(new Recalled(space, atMillis, first));
      if (last.size() > MOST) {
        last.removeLast();
      }
    }
  }

  /** Whether a memory was found since some time. */
  boolean holds(int space, RecordId id, long sinceMillis) {
    synchronized (last) {
      return last.stream()
          .anyMatch(each ->
              each.space == space && each.atMillis >= sinceMillis && each.found.contains(id));
    }
  }
}
