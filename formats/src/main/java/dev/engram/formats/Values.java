package dev.engram.formats;

import dev.engram.InvalidInputException;
import dev.engram.RecordId;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Named values that are asked for by type; one of another type is refused by its name. */
record Values(Map<?, ?> all) {
  Optional<String> optionalText(String name) {
    Object value = all.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!(value instanceof String text)) {
      throw wrong(name, "it is not a string");
    }
    return Optional.of(text);
  }

  String text(String name, String otherwise) {
    return optionalText(name).orElse(otherwise);
  }

  long whole(String name, long otherwise) {
    Object value = all.get(name);
    if (value == null) {
      return otherwise;
    }
    if (!(value instanceof Long number)) {
      throw wrong(name, "it is not a whole number");
    }
    return number;
  }

  /** A whole number that is not less than 0. */
  long count(String name, long otherwise) {
    long count = whole(name, otherwise);
    if (count < 0) {
      throw wrong(name, "it is less than 0");
    }
    return count;
  }

  double decimal(String name, double otherwise) {
    Object value = all.get(name);
    if (value == null) {
      return otherwise;
    }
    if (!(value instanceof Number number)) {
      throw wrong(name, "it is not a number");
    }
    return number.doubleValue();
  }

  boolean flag(String name, boolean otherwise) {
    Object value = all.get(name);
    if (value == null) {
      return otherwise;
    }
    if (!(value instanceof Boolean flag)) {
      throw wrong(name, "it is neither true nor false");
    }
    return flag;
  }

  Optional<Instant> instant(String name) {
    Object value = all.get(name);
    if (value == null || value instanceof Instant) {
      return Optional.ofNullable((Instant) value);
    }
    try {
      return Optional.of(Instant.parse(value.toString()));
    } catch (DateTimeException e) {
      throw wrong(name, "invalid instant, write 2026-01-31T12:00:00Z");
    }
  }

  Optional<Duration> duration(String name) {
    try {
      return optionalText(name).map(Duration::parse);
    } catch (DateTimeException e) {
      throw wrong(name, "it is no duration, such as PT1H");
    }
  }

  /** A text or a whole number, as an id is written. */
  Optional<RecordId> id(String name) {
    Object value = all.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!(value instanceof String || value instanceof Long || value instanceof BigInteger)) {
      throw wrong(name, "it is neither a string nor a whole number");
    }
    return Optional.of(RecordId.parse(value.toString()));
  }

  Optional<float[]> vector(String name) {
    Object value = all.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!(value instanceof float[] vector)) {
      throw wrong(name, "it is not a list of numbers");
    }
    return Optional.of(vector);
  }

  Optional<Values> map(String name) {
    Object value = all.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!(value instanceof Map<?, ?> map)) {
      throw wrong(name, "it is not an object");
    }
    return Optional.of(new Values(map));
  }

  List<?> list(String name) {
    Object value = all.get(name);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof List<?> list)) {
      throw wrong(name, "it is not a list");
    }
    return list;
  }

  <E extends Enum<E>> E choice(String name, Class<E> type, E otherwise) {
    Optional<String> text = optionalText(name);
    return text.isEmpty() ? otherwise : constant(name, type, text.get());
  }

  <E extends Enum<E>> E constant(String name, Class<E> type, @Nullable Object written) {
    try {
      return Enum.valueOf(type, String.valueOf(written).toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw wrong(name, "allowed=" + List.of(type.getEnumConstants()));
    }
  }

  /** A map of texts to values, as it is. */
  static Map<String, Object> named(Map<?, ?> map) {
    Map<String, Object> named = LinkedHashMap.newLinkedHashMap(map.size());
    map.forEach((name, value) -> named.put(String.valueOf(name), value));
    return named;
  }

  private static InvalidInputException wrong(String name, String why) {
    return new InvalidInputException("field=" + name + ": " + why);
  }
}
