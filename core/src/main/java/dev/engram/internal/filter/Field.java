package dev.engram.internal.filter;

import dev.engram.Filter;
import dev.engram.internal.format.ByteReader;
import dev.engram.internal.format.ByteWriter;
import java.time.Instant;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * Everything at one path: who has it, and a column for each kind of key. Integers, decimals that
 * are no 64-bit integers, and instants are sorted 64-bit keys; strings, booleans, and instants
 * outside the years 1677 to 2262 are terms. Changes need exclusive access; queries may run side by
 * side.
 *
 * <p>{@link #add} appends to the record's row what {@link #remove} needs to undo it: varint number
 * of the field · 8 + kind, then nothing, a varint term number, or an 8-byte key.
 */
final class Field {
  private static final int CONTAINER = 0;
  private static final int TERM = 1;
  private static final int INTEGER = 2;
  private static final int DECIMAL = 3;
  private static final int INSTANT = 4;
  private static final int KIND_BITS = 3;
  private static final long NANOS = 1_000_000_000L;
  private static final long NEAR_SECONDS = Long.MAX_VALUE / NANOS - 1;

  private final String path;
  private final int number;
  private @Nullable Object having;
  private @Nullable TermColumn terms;
  private @Nullable NumberColumn integers;
  private @Nullable NumberColumn decimals;
  private @Nullable NumberColumn instants;

  Field(String path, int number) {
    this.path = path;
    this.number = number;
  }

  String path() {
    return path;
  }

  /** By which rows refer to this field. */
  int number() {
    return number;
  }

  boolean isEmpty() {
    return having == null;
  }

  /** How many different strings and booleans there are. */
  long terms() {
    return terms == null ? 0 : terms.size();
  }

  /** Indexes one value of a record and notes it in the record's row. */
  void add(int ordinal, Object value, ByteWriter row) {
    having = Posting.add(having, ordinal);
    switch (value) {
      case Long key -> {
        integers = integers == null ? new NumberColumn() : integers;
        addKey(integers, INTEGER, key, ordinal, row);
      }
      case Double decimal -> {
        decimals = decimals == null ? new NumberColumn() : decimals;
        addKey(decimals, DECIMAL, sortable(decimal), ordinal, row);
      }
      case Instant instant when isNear(instant) -> {
        instants = instants == null ? new NumberColumn() : instants;
        addKey(instants, INSTANT, nanos(instant), ordinal, row);
      }
      default -> addOther(value, ordinal, row);
    }
  }

  private void addKey(NumberColumn column, int kind, long key, int ordinal, ByteWriter row) {
    column.add(key, ordinal);
    row.varint((long) number << KIND_BITS | kind).i64(key);
  }

  private void addOther(Object value, int ordinal, ByteWriter row) {
    if (value.equals(FlatRow.CONTAINER)) {
      row.varint((long) number << KIND_BITS | CONTAINER);
      return;
    }
    terms = terms == null ? new TermColumn() : terms;
    row.varint((long) number << KIND_BITS | TERM).varint(terms.add(value, ordinal));
  }

  /** The number of the field that an entry of a row begins with. */
  static int numberOf(long entry) {
    return (int) (entry >>> KIND_BITS);
  }

  /** Undoes what one entry of a row says; the reader stands behind the entry's first varint. */
  void remove(int ordinal, long entry, ByteReader row) {
    having = Posting.remove(having, ordinal);
    int kind = (int) entry & (1 << KIND_BITS) - 1;
    switch (kind) {
      case CONTAINER -> {}
      case TERM -> terms = removeTerm((int) row.varint(), ordinal);
      case INTEGER -> integers = removeKey(integers, row.i64(), ordinal);
      case DECIMAL -> decimals = removeKey(decimals, row.i64(), ordinal);
      case INSTANT -> instants = removeKey(instants, row.i64(), ordinal);
      default -> throw row.damaged("kind=" + kind);
    }
  }

  private @Nullable TermColumn removeTerm(int id, int ordinal) {
    if (terms == null) {
      return null;
    }
    terms.remove(id, ordinal);
    return terms.isEmpty() ? null : terms;
  }

  private static @Nullable NumberColumn removeKey(
      @Nullable NumberColumn column, long key, int ordinal) {
    if (column == null) {
      return null;
    }
    column.remove(key, ordinal);
    return column.isEmpty() ? null : column;
  }

  /** The ordinals that satisfy a condition on this path. Not to be changed by the caller. */
  RoaringBitmap evaluate(Filter.Condition condition) {
    Gathering found = new Gathering();
    switch (condition) {
      case Filter.Exists _ -> Posting.gather(having, found);
      case Filter.In in -> in.values().forEach(value -> gatherEqual(value, found));
      case Filter.Range range -> gatherRange(range, found);
      case Filter.Text text -> {
        if (terms != null) {
          terms.gatherWords(text, found);
        }
      }
    }
    return found.result();
  }

  private void gatherEqual(Object value, Gathering found) {
    switch (value) {
      case Long key -> gatherKey(integers, key, found);
      case Double decimal -> gatherKey(decimals, sortable(decimal), found);
      case Instant instant when isNear(instant) -> gatherKey(instants, nanos(instant), found);
      default -> {
        if (terms != null) {
          terms.gather(value, found);
        }
      }
    }
  }

  private static void gatherKey(@Nullable NumberColumn column, long key, Gathering found) {
    if (column != null) {
      column.gather(candidate -> candidate >= key, candidate -> candidate > key, found);
    }
  }

  /** Each end is found by the very comparison that rows are matched with, so that both agree. */
  private void gatherRange(Filter.Range range, Gathering found) {
    gatherBetween(integers, range, key -> key, found);
    gatherBetween(decimals, range, Field::decimal, found);
    gatherBetween(instants, range, Field::instant, found);
    if (terms != null) {
      terms.gatherAccepted(range, found);
    }
  }

  private interface Decoding {
    Object decode(long key);
  }

  private static void gatherBetween(
      @Nullable NumberColumn column, Filter.Range range, Decoding kind, Gathering found) {
    if (column == null || !sameKind(range, kind.decode(0))) {
      return;
    }
    LongPredicate reached = key -> true;
    LongPredicate passed = key -> false;
    Object lower = range.lower();
    Object upper = range.upper();
    if (lower != null) {
      Filter.Range half = new Filter.Range("_", lower, range.lowerInclusive(), null, false);
      reached = key -> half.accepts(kind.decode(key));
    }
    if (upper != null) {
      Filter.Range half = new Filter.Range("_", null, false, upper, range.upperInclusive());
      passed = key -> !half.accepts(kind.decode(key));
    }
    column.gather(reached, passed, found);
  }

  private static boolean sameKind(Filter.Range range, Object sample) {
    Object bound = range.lower() == null ? range.upper() : range.lower();
    return (bound instanceof Number) == (sample instanceof Number)
        && (bound instanceof Instant) == (sample instanceof Instant);
  }

  private static long sortable(double decimal) {
    long bits = Double.doubleToRawLongBits(decimal);
    return bits ^ (bits >> 63 & Long.MAX_VALUE);
  }

  private static Object decimal(long key) {
    return Double.longBitsToDouble(key ^ (key >> 63 & Long.MAX_VALUE));
  }

  private static boolean isNear(Instant instant) {
    return Math.abs(instant.getEpochSecond()) < NEAR_SECONDS;
  }

  private static long nanos(Instant instant) {
    return instant.getEpochSecond() * NANOS + instant.getNano();
  }

  private static Object instant(long nanos) {
    return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
  }
}
