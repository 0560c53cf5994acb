package dev.engram.internal.engine;

import dev.engram.RecordId;
import dev.engram.internal.filter.OrdinalSet;
import java.util.Set;

/** The memory whose like is asked for, and which is no answer; or nobody. */
record Itself(Set<RecordId> ids, OrdinalSet ordinals) {
  static final Itself NOBODY = new Itself(Set.of(), OrdinalSet.empty());

  static Itself of(RecordId id, int ordinal) {
    return new Itself(Set.of(id), OrdinalSet.of(ordinal));
  }

  boolean isNobody() {
    return ids.isEmpty();
  }
}
