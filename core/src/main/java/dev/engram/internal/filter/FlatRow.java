package dev.engram.internal.filter;

import dev.engram.Metadata;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The values of one record with their full paths, lists and maps taken apart; a list or map leaves
 * an empty list at its own path, for {@code exists}. Whole decimals are integers, as filters
 * compare them. Not thread-safe.
 */
final class FlatRow {
  /** Stands for a list or map, which only {@code exists} asks about. */
  static final Object CONTAINER = List.of();

  private static final double TWO_TO_63 = 0x1p63;

  private String[] paths = new String[8];
  private Object[] values = new Object[8];
  private int size;

  static FlatRow of(Metadata metadata) {
    FlatRow row = new FlatRow();
    metadata.asMap().forEach(row::flatten);
    return row;
  }

  int size() {
    return size;
  }

  String path(int index) {
    return paths[index];
  }

  Object value(int index) {
    return values[index];
  }

  private void flatten(String path, Object value) {
    switch (value) {
      case List<?> list -> {
        add(path, CONTAINER);
        list.forEach(element -> flatten(path, element));
      }
      case Map<?, ?> map -> {
        add(path, CONTAINER);
        map.forEach((key, inner) -> flatten(path + "." + key, inner));
      }
      case Double number -> add(path, canonical(number));
      default -> add(path, value);
    }
  }

  private static Object canonical(Double number) {
    boolean whole = number >= -TWO_TO_63 && number < TWO_TO_63 && number == Math.rint(number);
    if (whole) {
      return (long) (double) number;
    }
    return number;
  }

  /** Adds a value that is canonical already. */
  void add(String path, Object value) {
    if (size == paths.length) {
      paths = Arrays.copyOf(paths, size * 2);
      values = Arrays.copyOf(values, size * 2);
    }
    paths[size] = path;
    values[size++] = value;
  }
}
