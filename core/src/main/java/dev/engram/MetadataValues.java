package dev.engram;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Copies what a caller gave into the immutable values that {@link Metadata} holds, counting the
 * encoded bytes on the way, so that cycles and oversized input are refused before they are copied.
 * One object serves one copy. Errors name the place and the limit, never the value. Not
 * thread-safe.
 */
final class MetadataValues {
  private static final int SHOWN_PATH_CHARS = 120;
  private static final BigInteger MIN_LONG = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MAX_LONG = BigInteger.valueOf(Long.MAX_VALUE);

  private final Deque<Object> place = new ArrayDeque<>();
  private long bytes;

  /** The encoded size of everything copied so far, as {@code MetadataLayout} writes it. */
  int encodedBytes() {
    return (int) bytes;
  }

  Map<String, Object> map(Map<?, ?> source) {
    count(varintBytes(source.size()));
    Map<String, Object> copy = new LinkedHashMap<>(Math.min(source.size(), 1 << 16) * 4 / 3 + 1);
    source.forEach((name, value) -> {
      String key = key(name);
      place.addLast(key);
      copy.put(key, value(value));
      place.removeLast();
    });
    return Collections.unmodifiableMap(copy);
  }

  private String key(@Nullable Object name) {
    if (!(name instanceof String key) || key.isBlank()) {
      throw invalid("a key must be a non-blank string");
    }
    count(textBytes(key, "a key"));
    return key;
  }

  Object value(@Nullable Object source) {
    if (source instanceof Metadata nested) {
      return nested(() -> map(nested.asMap()));
    }
    if (source instanceof Map<?, ?> nested) {
      return nested(() -> map(nested));
    }
    if (source instanceof List<?> list) {
      return nested(() -> list(list));
    }
    Object scalar = scalar(source, this::where);
    count(scalarBytes(scalar));
    return scalar;
  }

  private Object nested(Supplier<Object> copy) {
    if (place.stream().filter(step -> step instanceof Container).count() >= Limits.MAX_DEPTH) {
      throw invalid("nesting exceeds the limit=" + Limits.MAX_DEPTH);
    }
    count(1);
    place.addLast(Container.INSTANCE);
    Object result = copy.get();
    place.removeLast();
    return result;
  }

  private List<Object> list(List<?> source) {
    count(varintBytes(source.size()));
    List<Object> copy = new ArrayList<>(Math.min(source.size(), 1 << 16));
    for (Object element : source) {
      place.addLast(copy.size());
      copy.add(value(element));
      place.removeLast();
    }
    return List.copyOf(copy);
  }

  /** The stored form of a string, number, boolean or instant; anything else is refused. */
  static Object scalar(@Nullable Object value, Supplier<String> where) {
    return switch (value) {
      case null -> throw invalid(where, "null is not a value; leave the key out");
      case String text -> text(text, where);
      case Long number -> number;
      case Integer number -> number.longValue();
      case Short number -> number.longValue();
      case Byte number -> number.longValue();
      case Double number -> finite(number, where);
      case Float number -> finite(number, where);
      case BigInteger number -> exact(new BigDecimal(number), where);
      case BigDecimal number -> exact(number, where);
      case Boolean truth -> truth;
      case Instant instant -> instant;
      default ->
          throw invalid(
              where,
              "type="
                  + value.getClass().getSimpleName()
                  + " is not supported; use a string, integer, decimal, boolean or instant,"
                  + " or a list or map where metadata is stored");
    };
  }

  private static String text(String text, Supplier<String> where) {
    utf8Bytes(text, "a string", where);
    return text;
  }

  private static Double finite(Number number, Supplier<String> where) {
    double value = number.doubleValue();
    if (!Double.isFinite(value)) {
      throw invalid(where, "a decimal must be finite");
    }
    return value;
  }

  private static Object exact(BigDecimal number, Supplier<String> where) {
    if (Math.abs((long) number.precision() - number.scale()) <= 20 && number.scale() <= 1_100) {
      BigDecimal stripped = number.stripTrailingZeros();
      if (stripped.scale() <= 0) {
        BigInteger whole = stripped.toBigIntegerExact();
        if (whole.compareTo(MIN_LONG) >= 0 && whole.compareTo(MAX_LONG) <= 0) {
          return whole.longValueExact();
        }
      }
    }
    double near = number.doubleValue();
    if (Double.isFinite(near) && new BigDecimal(near).compareTo(number) == 0) {
      return near;
    }
    throw invalid(where, "a big number must be exactly a 64-bit integer or a double; round it");
  }

  private static int scalarBytes(Object scalar) {
    return switch (scalar) {
      case String text -> {
        int length = utf8Bytes(text, "a string", () -> "");
        yield 1 + varintBytes(length) + length;
      }
      case Long number -> 1 + varintBytes(zigzag(number));
      case Double _ -> 1 + Double.BYTES;
      case Instant instant ->
          1 + varintBytes(zigzag(instant.getEpochSecond())) + varintBytes(instant.getNano());
      default -> 1;
    };
  }

  private int textBytes(String text, String what) {
    int length = utf8Bytes(text, what, this::where);
    return varintBytes(length) + length;
  }

  /** The length in UTF-8; an unpaired surrogate has none and is refused. */
  private static int utf8Bytes(String text, String what, Supplier<String> where) {
    long length = text.length();
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (unit >= 0x80) {
        length++;
      }
      if (unit >= 0x800) {
        length++;
      }
      if (Character.isSurrogate(unit)) {
        if (!Character.isHighSurrogate(unit)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          throw invalid(where, what + " holds an unpaired surrogate");
        }
        i++;
      }
    }
    return (int) Math.min(length, Integer.MAX_VALUE);
  }

  private static long zigzag(long value) {
    return (value << 1) ^ (value >> 63);
  }

  private static int varintBytes(long value) {
    return Math.max(1, (70 - Long.numberOfLeadingZeros(value)) / 7);
  }

  private void count(int more) {
    bytes += more;
    if (bytes > Limits.MAX_METADATA_BYTES) {
      throw invalid("encoded bytes exceed the limit=" + Limits.MAX_METADATA_BYTES);
    }
  }

  private InvalidInputException invalid(String why) {
    return invalid(this::where, why);
  }

  private static InvalidInputException invalid(Supplier<String> where, String why) {
    return new InvalidInputException("invalid " + where.get() + ": " + why);
  }

  private String where() {
    StringBuilder path = new StringBuilder();
    for (Object step : place) {
      if (step instanceof Integer index) {
        path.append('[').append(index).append(']');
      } else if (step instanceof String key) {
        path.append(path.isEmpty() ? "" : ".").append(key);
      }
    }
    return "metadata path=" + shown(path.toString());
  }

  /** A path as errors show it: cut to a readable length. */
  static String shown(String path) {
    return path.length() <= SHOWN_PATH_CHARS ? path : path.substring(0, SHOWN_PATH_CHARS) + "...";
  }

  /** Marks in the path that a list or map was entered. */
  private enum Container {
    INSTANCE
  }
}
