package dev.engram;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known about a record beside its text and vector: an immutable map from keys to values,
 * kept in the order in which it was given. Deeply immutable and thread-safe.
 *
 * <p>A value is a {@link String}, a {@link Long}, a finite {@link Double}, a {@link Boolean}, an
 * {@link Instant} (kept to the nanosecond), a {@link List} of values, or a map from keys to values.
 * Smaller integer types are widened to {@code Long} and {@code Float} to {@code Double}; {@code
 * BigInteger} and {@code BigDecimal} are accepted when exactly a {@code long} or a {@code double}.
 * Null, NaN, infinities, blank keys, unpaired surrogates, nesting beyond {@link Limits#MAX_DEPTH}
 * and more than {@link Limits#MAX_METADATA_BYTES} encoded bytes are an {@link
 * InvalidInputException} that names the path.
 *
 * <p>{@link #toString} shows keys only: values are user content. Two metadata are equal when they
 * hold equal values under equal keys, in any order; the integer 1 and the decimal 1.0 differ here,
 * although a {@link Filter} takes them for the same number.
 */
public final class Metadata {
  private static final Metadata EMPTY = new Metadata(Map.of(), 1);

  private final Map<String, Object> values;
  private final int encodedBytes;

  private Metadata(Map<String, Object> values, int encodedBytes) {
    this.values = values;
    this.encodedBytes = encodedBytes;
  }

  /** Metadata that says nothing. */
  public static Metadata empty() {
    return EMPTY;
  }

  /** Metadata of one pair. */
  public static Metadata of(String key, Object value) {
    return ofPairs(key, value);
  }

  /** Metadata of two pairs; a repeated key is an {@link InvalidInputException}. */
  public static Metadata of(String key1, Object value1, String key2, Object value2) {
    return ofPairs(key1, value1, key2, value2);
  }

  /** Metadata of three pairs; a repeated key is an {@link InvalidInputException}. */
  public static Metadata of(
      String key1, Object value1, String key2, Object value2, String key3, Object value3) {
    return ofPairs(key1, value1, key2, value2, key3, value3);
  }

  /** Metadata of four pairs; a repeated key is an {@link InvalidInputException}. */
  public static Metadata of(
      String key1,
      Object value1,
      String key2,
      Object value2,
      String key3,
      Object value3,
      String key4,
      Object value4) {
    return ofPairs(key1, value1, key2, value2, key3, value3, key4, value4);
  }

  /** Metadata of five pairs; a repeated key is an {@link InvalidInputException}. */
  public static Metadata of(
      String key1,
      Object value1,
      String key2,
      Object value2,
      String key3,
      Object value3,
      String key4,
      Object value4,
      String key5,
      Object value5) {
    return ofPairs(key1, value1, key2, value2, key3, value3, key4, value4, key5, value5);
  }

  private static Metadata ofPairs(Object... pairs) {
    Map<Object, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      if (map.containsKey(pairs[i])) {
        throw new InvalidInputException(
            "invalid metadata path="
                + MetadataValues.shown(String.valueOf(pairs[i]))
                + ": the key is given twice");
      }
      map.put(pairs[i], pairs[i + 1]);
    }
    return copyOf(map);
  }

  /** Metadata of a map, copied deeply in the map's order. */
  public static Metadata ofMap(Map<String, ?> values) {
    return copyOf(values);
  }

  private static Metadata copyOf(Map<?, ?> values) {
    if (values.isEmpty()) {
      return EMPTY;
    }
    MetadataValues copier = new MetadataValues();
    Map<String, Object> copy = copier.map(values);
    return new Metadata(copy, copier.encodedBytes());
  }

  /** This metadata with one more or one replaced pair; the key is taken literally, dots and all. */
  public Metadata with(String key, Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(values);
    changed.put(key, value);
    return copyOf(changed);
  }

  /** This metadata without a key, taken literally; the same when it has no such key. */
  public Metadata without(String key) {
    if (!values.containsKey(key)) {
      return this;
    }
    Map<String, Object> changed = new LinkedHashMap<>(values);
    changed.remove(key);
    return copyOf(changed);
  }

  /**
   * Both together: where both hold a map it is merged in turn, otherwise the other's value wins.
   */
  public Metadata merge(Metadata other) {
    return copyOf(merged(values, other.values));
  }

  private static Map<String, Object> merged(Map<?, ?> base, Map<?, ?> over) {
    Map<String, Object> result = new LinkedHashMap<>();
    base.forEach((key, value) -> result.put((String) key, value));
    over.forEach((key, value) -> {
      if (value instanceof Map<?, ?> inner
          && result.get((String) key) instanceof Map<?, ?> before) {
        result.put((String) key, merged(before, inner));
      } else {
        result.put((String) key, value);
      }
    });
    return result;
  }

  /**
   * The value at a path: the key that equals the whole path, or else what the rest of the path
   * leads to in the nested map under its beginning, up to some dot. Lists are not entered.
   */
  public Optional<Object> get(String path) {
    return Optional.ofNullable(find(values, path));
  }

  static @Nullable Object find(Map<?, ?> map, String path) {
    Object found = map.get(path);
    for (int dot = path.indexOf('.'); found == null && dot >= 0; dot = path.indexOf('.', dot + 1)) {
      if (map.get(path.substring(0, dot)) instanceof Map<?, ?> nested) {
        found = find(nested, path.substring(dot + 1));
      }
    }
    return found;
  }

  /** The string at a path; empty when there is none or it is of another kind. */
  public Optional<String> getString(String path) {
    return get(path, String.class);
  }

  /** The integer at a path; empty when there is none or it is of another kind. */
  public Optional<Long> getLong(String path) {
    return get(path, Long.class);
  }

  /** The decimal at a path; empty when there is none or it is of another kind. */
  public Optional<Double> getDouble(String path) {
    return get(path, Double.class);
  }

  /** The boolean at a path; empty when there is none or it is of another kind. */
  public Optional<Boolean> getBoolean(String path) {
    return get(path, Boolean.class);
  }

  /** The instant at a path; empty when there is none or it is of another kind. */
  public Optional<Instant> getInstant(String path) {
    return get(path, Instant.class);
  }

  /** The list at a path, unmodifiable; empty when there is none or it is of another kind. */
  @SuppressWarnings("unchecked")
  public Optional<List<Object>> getList(String path) {
    return get(path).filter(List.class::isInstance).map(list -> (List<Object>) list);
  }

  /** The nested map at a path, as metadata; empty when there is none or it is of another kind. */
  public Optional<Metadata> getMetadata(String path) {
    return get(path).filter(Map.class::isInstance).map(map -> copyOf((Map<?, ?>) map));
  }

  private <T> Optional<T> get(String path, Class<T> kind) {
    return get(path).filter(kind::isInstance).map(kind::cast);
  }

  /** The top-level pairs in their order; unmodifiable all the way down. */
  public Map<String, Object> asMap() {
    return values;
  }

  /** Whether there is no pair. */
  public boolean isEmpty() {
    return values.isEmpty();
  }

  /** The size that counts against {@link Limits#MAX_METADATA_BYTES}. */
  public int encodedBytes() {
    return encodedBytes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Metadata that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  /** The top-level keys; never a value. */
  @Override
  public String toString() {
    return "Metadata" + values.keySet();
  }
}
