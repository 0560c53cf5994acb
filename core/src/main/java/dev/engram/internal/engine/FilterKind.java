package dev.engram.internal.engine;

import dev.engram.Filter;
import dev.engram.internal.filter.FilterIndex;
import dev.engram.internal.view.StateReader;
import dev.engram.spi.Change;
import dev.engram.spi.StateSnapshot;
import dev.engram.spi.StateSnapshot.CollectionRow;
import dev.engram.spi.View.Findings;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Metadata indexes as partitions. */
final class FilterKind implements Partitions.Kind<FilterIndex> {
  static final String NAME = "filter";

  private static final long BYTES_PER_INDEX = 2_048;

  /** Conditions by which a check compares an index with its collection. */
  private static final int MAX_CONDITIONS = 10_000;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public FilterIndex load(CollectionRow collection, StateReader state) {
    FilterIndex index = new FilterIndex();
    state.forEachRecord(collection, false, row -> put(index, new Change.RecordPut(row, true)));
    return index;
  }

  @Override
  public void put(FilterIndex index, Change.RecordPut put) {
    index.put(put.record().ordinal(), put.record().metadata());
  }

  @Override
  public void remove(FilterIndex index, int ordinal) {
    index.remove(ordinal);
  }

  @Override
  public void atomically(FilterIndex index, Runnable changes) {
    index.atomically(changes);
  }

  @Override
  public long bytes(FilterIndex index) {
    return BYTES_PER_INDEX + index.bytes();
  }

  @Override
  public void verify(
      FilterIndex index, CollectionRow collection, StateSnapshot state, Findings findings) {
    FilterIndex expected = new FilterIndex();
    Set<Filter> conditions = new HashSet<>();
    conditions.add(Filter.all());
    state.forEachRecord(
        collection,
        false,
        row -> {
          expected.put(row.ordinal(), row.metadata());
          if (conditions.size() < MAX_CONDITIONS) {
            row.metadata()
                .asMap()
                .forEach((field, value) -> addCondition(conditions, field, value));
          }
        });
    for (Filter condition : conditions) {
      if (!expected.evaluate(condition).equals(index.evaluate(condition))) {
        findings.add("the metadata index differs: collection=" + collection.number());
        return;
      }
    }
  }

  /** Every scalar value that occurs is asked for, up to a limit. */
  private static void addCondition(Set<Filter> conditions, String field, Object value) {
    if (!(value instanceof List) && !(value instanceof Map)) {
      conditions.add(Filter.eq(field, value));
    }
  }
}
