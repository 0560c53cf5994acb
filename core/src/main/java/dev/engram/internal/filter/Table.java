package dev.engram.internal.filter;

import dev.engram.Filter;
import org.roaringbitmap.RoaringBitmap;

/** How an index keeps its records: as rows while they are few, in columns from then on. */
sealed interface Table permits RowTable, ColumnTable {
  /** The ordinals that have a row. Not to be changed by the caller. */
  RoaringBitmap live();

  /** Adds a row to an ordinal that has none. */
  void add(int ordinal, FlatRow row);

  /** Removes a row that is there, with everything that was known of it. */
  void remove(int ordinal);

  /** Heap that it takes, about. */
  long bytes();

  /** The ordinals that match. Not to be changed by the caller. */
  RoaringBitmap evaluate(Filter.Condition condition);
}
