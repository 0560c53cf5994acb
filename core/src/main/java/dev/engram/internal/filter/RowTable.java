package dev.engram.internal.filter;

import dev.engram.Filter;
import dev.engram.internal.format.ByteReader;
import dev.engram.internal.format.ByteWriter;
import dev.engram.internal.format.MetadataLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * The rows of a small collection, read one by one for every condition. Costs little more than the
 * encoded values: the paths are shared, and there are no bitmaps or dictionaries. Changes need
 * exclusive access; queries may run side by side.
 *
 * <p>A row is a sequence of varint path number and value, as {@link MetadataLayout} writes it.
 */
final class RowTable implements Table {
  /** Beyond this many rows or paths, columns answer faster. */
  static final int MAX_ROWS = 512;

  private static final int MAX_PATHS = 256;
  private static final int BYTES_PER_PATH = 64;

  private final RowStore rows = new RowStore();
  private final RoaringBitmap live = new RoaringBitmap();
  private String[] paths = {};

  /** Whether one more row would make this table slow. */
  boolean isFull() {
    return live.cardinalityExceeds(MAX_ROWS - 1) || paths.length > MAX_PATHS;
  }

  @Override
  public RoaringBitmap live() {
    return live;
  }

  @Override
  public long bytes() {
    return rows.bytes() + (long) paths.length * BYTES_PER_PATH;
  }

  @Override
  public void add(int ordinal, FlatRow row) {
    ByteWriter bytes = new ByteWriter();
    for (int i = 0; i < row.size(); i++) {
      bytes.varint(numberOf(row.path(i)));
      MetadataLayout.writeValue(bytes, row.value(i));
    }
    rows.add(ordinal, bytes);
    live.add(ordinal);
  }

  private int numberOf(String path) {
    int number = find(path);
    if (number < 0) {
      number = paths.length;
      paths = Arrays.copyOf(paths, number + 1);
      paths[number] = path.intern();
    }
    return number;
  }

  private int find(String path) {
    for (int i = 0; i < paths.length; i++) {
      if (paths[i].equals(path)) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public void remove(int ordinal) {
    rows.remove(ordinal);
    live.remove(ordinal);
  }

  @Override
  public RoaringBitmap evaluate(Filter.Condition condition) {
    RoaringBitmap found = new RoaringBitmap();
    int path = find(condition.path());
    if (path >= 0) {
      for (PeekableIntIterator ordinals = live.getIntIterator(); ordinals.hasNext(); ) {
        int ordinal = ordinals.next();
        if (accepts(condition, path, rows.row(ordinal))) {
          found.add(ordinal);
        }
      }
    }
    return found;
  }

  private static boolean accepts(Filter.Condition condition, int path, @Nullable ByteReader row) {
    while (row != null && row.remaining() > 0) {
      long number = row.varint();
      Object value = MetadataLayout.readValue(row);
      if (number == path && condition.accepts(value)) {
        return true;
      }
    }
    return false;
  }

  /** Moves all rows to columns. */
  ColumnTable toColumns() {
    ColumnTable columns = new ColumnTable();
    live.forEach((org.roaringbitmap.IntConsumer) ordinal -> columns.add(ordinal, flat(ordinal)));
    return columns;
  }

  private FlatRow flat(int ordinal) {
    FlatRow flat = new FlatRow();
    ByteReader row = rows.row(ordinal);
    while (row != null && row.remaining() > 0) {
      String path = paths[(int) row.varint()];
      flat.add(path, MetadataLayout.readValue(row));
    }
    return flat;
  }
}
