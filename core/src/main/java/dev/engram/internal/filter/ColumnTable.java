package dev.engram.internal.filter;

import dev.engram.Filter;
import dev.engram.internal.format.ByteReader;
import dev.engram.internal.format.ByteWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * The records of a larger collection, by field. Each record keeps a short row of what is indexed
 * for it, so that replacing it forgets exactly that; a field that no record has is forgotten too.
 * Changes need exclusive access; queries may run side by side.
 */
final class ColumnTable implements Table {
  /** What a row says stands in columns too, with an ordinal to each value. */
  private static final int ROW_AND_COLUMNS = 3;

  private static final int BYTES_PER_FIELD = 256;
  private static final int BYTES_PER_TERM = 96;

  private final RowStore rows = new RowStore();
  private final RoaringBitmap live = new RoaringBitmap();
  private final Map<String, Field> byPath = new HashMap<>();
  private final List<@Nullable Field> fields = new ArrayList<>();
  private final List<Integer> free = new ArrayList<>();
  private final ByteWriter scratch = new ByteWriter();

  @Override
  public RoaringBitmap live() {
    return live;
  }

  @Override
  public long bytes() {
    long columns = 0;
    for (Field field : byPath.values()) {
      columns += BYTES_PER_FIELD + field.terms() * BYTES_PER_TERM;
    }
    return rows.bytes() * ROW_AND_COLUMNS + columns;
  }

  @Override
  public void add(int ordinal, FlatRow row) {
    scratch.clear();
    for (int i = 0; i < row.size(); i++) {
      field(row.path(i)).add(ordinal, row.value(i), scratch);
    }
    rows.add(ordinal, scratch);
    live.add(ordinal);
  }

  private Field field(String path) {
    Field field = byPath.get(path);
    if (field == null) {
      String shared = path.intern();
      field = new Field(shared, free.isEmpty() ? fields.size() : free.removeLast());
      if (field.number() == fields.size()) {
        fields.add(field);
      } else {
        fields.set(field.number(), field);
      }
      byPath.put(shared, field);
    }
    return field;
  }

  @Override
  public void remove(int ordinal) {
    List<Field> emptied = new ArrayList<>(0);
    ByteReader row = rows.row(ordinal);
    while (row != null && row.remaining() > 0) {
      long entry = row.varint();
      Field field = fieldOf(entry, row);
      field.remove(ordinal, entry, row);
      if (field.isEmpty()) {
        emptied.add(field);
      }
    }
    emptied.forEach(this::forget);
    rows.remove(ordinal);
    live.remove(ordinal);
  }

  private Field fieldOf(long entry, ByteReader row) {
    int number = Field.numberOf(entry);
    Field field = number >= 0 && number < fields.size() ? fields.get(number) : null;
    if (field == null) {
      throw row.damaged("field=" + number + " is unknown");
    }
    return field;
  }

  private void forget(Field field) {
    if (byPath.remove(field.path(), field)) {
      fields.set(field.number(), null);
      free.add(field.number());
    }
  }

  @Override
  public RoaringBitmap evaluate(Filter.Condition condition) {
    Field field = byPath.get(condition.path());
    return field == null ? new RoaringBitmap() : field.evaluate(condition);
  }
}
