package dev.engram;

import java.text.Normalizer;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What {@link Filter}'s records share: checks, exact comparison, the walk along a path, words. */
final class FilterValues {
  private static final double TWO_TO_63 = 0x1p63;

  private FilterValues() {}

  static void requirePath(String path) {
    if (path.isBlank()) {
      throw new InvalidInputException("invalid filter: the path is blank; name a key");
    }
  }

  static void requireCount(String what, int count) {
    if (count > Limits.MAX_FILTER_VALUES) {
      throw new InvalidInputException(
          "invalid filter: "
              + what
              + "="
              + count
              + " exceed the limit="
              + Limits.MAX_FILTER_VALUES);
    }
  }

  static void requireBounds(String path, @Nullable Object lower, @Nullable Object upper) {
    if (lower == null && upper == null) {
      throw invalid(path, "a range has no bound; give a lower or an upper one");
    }
    if (lower instanceof Boolean || upper instanceof Boolean) {
      throw invalid(path, "a range of booleans has no meaning; use eq");
    }
    if (lower != null && upper != null && compare(lower, upper) == null) {
      throw invalid(path, "the bounds of a range differ in kind; give two of one kind");
    }
  }

  static InvalidInputException invalid(String path, String why) {
    return new InvalidInputException(
        "invalid filter path=" + MetadataValues.shown(path) + ": " + why);
  }

  static List<Filter> operands(List<Filter> operands) {
    requireCount("operands", operands.size());
    List<Filter> copy = List.copyOf(operands);
    for (Filter operand : copy) {
      if (depth(operand) >= Limits.MAX_DEPTH) {
        throw new InvalidInputException(
            "invalid filter: nesting exceeds the limit=" + Limits.MAX_DEPTH);
      }
    }
    return copy;
  }

  private static int depth(Filter filter) {
    return switch (filter) {
      case Filter.And and -> 1 + deepest(and.operands());
      case Filter.Or or -> 1 + deepest(or.operands());
      case Filter.Not not -> 1 + depth(not.operand());
      default -> 1;
    };
  }

  private static int deepest(List<Filter> operands) {
    int deepest = 0;
    for (Filter operand : operands) {
      deepest = Math.max(deepest, depth(operand));
    }
    return deepest;
  }

  /** A value given to a filter, checked as metadata are and in canonical form. */
  static Object normal(String path, @Nullable Object value) {
    requirePath(path);
    return canonical(
        MetadataValues.scalar(value, () -> "filter path=" + MetadataValues.shown(path)));
  }

  /** Equal numbers become equal objects: a whole decimal within 64 bits becomes an integer. */
  static Object canonical(Object value) {
    if (value instanceof Double number
        && number >= -TWO_TO_63
        && number < TWO_TO_63
        && number == Math.rint(number)) {
      return (long) (double) number;
    }
    return value;
  }

  /** Whether a canonical value lies on the right side of a bound; {@code side} is 1 for above. */
  static boolean within(Object value, @Nullable Object bound, boolean inclusive, int side) {
    if (bound == null) {
      return true;
    }
    Integer order = compare(value, bound);
    return order != null && (order == 0 ? inclusive : Integer.signum(order) == side);
  }

  /** The order of two canonical values of one kind; null when they differ in kind. */
  private static @Nullable Integer compare(Object a, Object b) {
    return switch (a) {
      case Long left when b instanceof Long right -> Long.compare(left, right);
      case Long left when b instanceof Double right -> compareExactly(left, right);
      case Double left when b instanceof Double right -> Double.compare(left, right);
      case Double left when b instanceof Long right -> -compareExactly(right, left);
      case String left when b instanceof String right -> compareCodePoints(left, right);
      case Instant left when b instanceof Instant right -> left.compareTo(right);
      default -> null;
    };
  }

  /** Exact, for a decimal that is not a whole number within 64 bits. */
  private static int compareExactly(long left, double right) {
    if (right >= TWO_TO_63) {
      return -1;
    }
    return right < -TWO_TO_63 || left > (long) Math.floor(right) ? 1 : -1;
  }

  /** Order by code point: UTF-16 order, but with surrogates above everything else. */
  static int compareCodePoints(String a, String b) {
    int at = 0;
    int end = Math.min(a.length(), b.length());
    while (at < end && a.charAt(at) == b.charAt(at)) {
      at++;
    }
    if (at == end) {
      return Integer.compare(a.length(), b.length());
    }
    char left = a.charAt(at);
    char right = b.charAt(at);
    boolean bothOrNone = Character.isSurrogate(left) == Character.isSurrogate(right);
    return bothOrNone ? Character.compare(left, right) : Character.isSurrogate(left) ? 1 : -1;
  }

  /** Whether anything whose full path is this one is accepted. */
  static boolean anyAt(Map<?, ?> map, String path, Filter.Condition condition) {
    Object here = map.get(path);
    if (here != null && anyIn(here, condition)) {
      return true;
    }
    for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
      Object head = map.get(path.substring(0, dot));
      if (head != null && anyBelow(head, path.substring(dot + 1), condition)) {
        return true;
      }
    }
    return false;
  }

  private static boolean anyIn(Object value, Filter.Condition condition) {
    if (condition.accepts(value)) {
      return true;
    }
    return value instanceof List<?> list
        && list.stream().anyMatch(element -> anyIn(element, condition));
  }

  private static boolean anyBelow(Object head, String rest, Filter.Condition condition) {
    return switch (head) {
      case Map<?, ?> map -> anyAt(map, rest, condition);
      case List<?> list -> list.stream().anyMatch(element -> anyBelow(element, rest, condition));
      default -> false;
    };
  }

  /** The distinct words of a text: see {@link Filter.Text#wordsOf}. */
  static Set<String> words(String text) {
    String normal =
        Normalizer.isNormalized(text, Normalizer.Form.NFC)
            ? text
            : Normalizer.normalize(text, Normalizer.Form.NFC);
    Set<String> words = new LinkedHashSet<>();
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < normal.length(); ) {
      int point = normal.codePointAt(i);
      i += Character.charCount(point);
      if (isWordPart(point)) {
        word.appendCodePoint(Character.toLowerCase(Character.toUpperCase(point)));
      } else if (!word.isEmpty()) {
        words.add(word.toString());
        word.setLength(0);
      }
    }
    if (!word.isEmpty()) {
      words.add(word.toString());
    }
    return words;
  }

  private static boolean isWordPart(int point) {
    if (Character.isLetterOrDigit(point)) {
      return true;
    }
    int type = Character.getType(point);
    return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
  }
}
