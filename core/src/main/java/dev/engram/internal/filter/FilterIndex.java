package dev.engram.internal.filter;

import dev.engram.Filter;
import dev.engram.Metadata;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.FastAggregation;
import org.roaringbitmap.RoaringBitmap;

/**
 * The metadata of one collection's records, by ordinal, ready to be filtered. {@link #evaluate}
 * gives exactly the ordinals whose metadata {@link Filter#matches} accepts.
 *
 * <p><b>Thread-safety.</b> Any number of readers; changes exclude them and one another. A reader
 * sees every change or batch of {@link #atomically} whole or not at all, and its result does not
 * change afterwards.
 *
 * <p><b>How it is kept.</b> Up to {@value RowTable#MAX_ROWS} records are encoded rows, read one by
 * one: ten thousand small memory spaces must cost little. Beyond, each path has columns: sorted
 * 64-bit keys for numbers and instants, a bitmap or less for each string and boolean, and words
 * once a text condition asks for them. Each record keeps a short row of what was indexed for it, so
 * that replacing it forgets exactly that.
 *
 * <p><b>What it does not do.</b> It keeps no metadata to give back and no file. Ordinals are meant
 * to be dense: memory grows with the highest one. A range of strings asks every distinct string of
 * the field.
 */
public final class FilterIndex {
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private Table table = new RowTable();

  /** Sets the metadata of an ordinal; whatever it had before is forgotten. */
  public void put(int ordinal, Metadata metadata) {
    if (ordinal < 0) {
      throw new IllegalArgumentException("ordinal=" + ordinal);
    }
    FlatRow row = FlatRow.of(metadata);
    lock.writeLock().lock();
    try {
      if (table.live().contains(ordinal)) {
        table.remove(ordinal);
      } else if (table instanceof RowTable small && small.isFull()) {
        table = small.toColumns();
      }
      table.add(ordinal, row);
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Forgets an ordinal, if it is there. */
  public void remove(int ordinal) {
    lock.writeLock().lock();
    try {
      if (table.live().contains(ordinal)) {
        table.remove(ordinal);
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Runs changes of this index that readers are to see all at once. */
  public void atomically(Runnable changes) {
    lock.writeLock().lock();
    try {
      changes.run();
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** How many ordinals there are. */
  public int cardinality() {
    lock.readLock().lock();
    try {
      return table.live().getCardinality();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Heap that it takes, about. */
  public long bytes() {
    lock.readLock().lock();
    try {
      return table.bytes();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** All ordinals. */
  public OrdinalSet all() {
    return evaluate(Filter.all());
  }

  /** The ordinals whose metadata match. */
  public OrdinalSet evaluate(Filter filter) {
    lock.readLock().lock();
    try {
      return new OrdinalSet(matching(filter).clone());
    } finally {
      lock.readLock().unlock();
    }
  }

  /** May be a bitmap of the index itself: to be read, or copied, under the lock. */
  private RoaringBitmap matching(Filter filter) {
    return switch (filter) {
      case Filter.All _ -> table.live();
      case Filter.Condition condition -> table.evaluate(condition);
      case Filter.Not not -> RoaringBitmap.andNot(table.live(), matching(not.operand()));
      case Filter.Or or -> union(or.operands());
      case Filter.And and -> intersection(and.operands());
    };
  }

  private RoaringBitmap union(List<Filter> operands) {
    List<RoaringBitmap> parts = new ArrayList<>(operands.size());
    for (Filter operand : operands) {
      parts.add(matching(operand));
    }
    return FastAggregation.or(parts.iterator());
  }

  private RoaringBitmap intersection(List<Filter> operands) {
    RoaringBitmap result = null;
    for (Filter operand : operands) {
      if (result != null && result.isEmpty()) {
        return result;
      }
      result = narrowed(result, operand);
    }
    return result == null ? table.live() : result;
  }

  private RoaringBitmap narrowed(@Nullable RoaringBitmap result, Filter operand) {
    if (operand instanceof Filter.Not not) {
      RoaringBitmap from = result == null ? table.live() : result;
      return RoaringBitmap.andNot(from, matching(not.operand()));
    }
    RoaringBitmap matching = matching(operand);
    return result == null ? matching : RoaringBitmap.and(result, matching);
  }
}
