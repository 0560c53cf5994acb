package dev.engram.internal.log;

import dev.engram.internal.format.CommitFileLayout.Shipped;
import dev.engram.internal.format.CommitFileLayout.Value;
import dev.engram.internal.format.CommitLayout.Entry;
import dev.engram.internal.format.Keys;
import java.util.Iterator;
import java.util.Objects;

/** Turns a commit that came from another log into the rows that it wrote there. */
final class ShippedRows {
  private ShippedRows() {}

  /** Adds the rows to a batch: those of the state, the values, and its row of {@code log}. */
  static void put(Shipped commit, WriteBatchBytes batch) {
    Iterator<Value> values = commit.values().iterator();
    for (Entry entry : commit.read().entries()) {
      Family family = Family.of(entry.family());
      switch (entry.kind()) {
        case PUT -> batch.put(family, entry.key(), Objects.requireNonNull(entry.value()));
        case DELETE -> batch.delete(family, entry.key());
        case REFERENCE -> batch.put(family, entry.key(), values.next().value());
        case DELETE_PREFIX -> batch.deletePrefix(family, entry.key());
      }
    }
    batch.put(Family.LOG, Keys.commit(commit.lsn()), commit.row());
  }
}
