package dev.engram.internal.engine;

import dev.engram.internal.log.Family;
import java.util.List;

/** The families whose keys begin with the number of a collection. */
final class CollectionRows {
  /** What goes with a dropped collection; its vectors go when the log is trimmed. */
  static final List<Family> FAMILIES =
      List.of(
          Family.RECORDS,
          Family.IDS,
          Family.CONTENT,
          Family.CONCEPTS,
          Family.SHORT_TERM,
          Family.LONG_TERM,
          Family.REVERSE,
          Family.WORKING,
          Family.FORGOTTEN,
          Family.OPERATIONS,
          Family.HISTORY,
          Family.PENDING);

  private CollectionRows() {}
}
