package dev.engram;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Changes to a record's metadata, applied in the order in which they were added: {@code
 * MetadataPatch.empty().set("user", "alice").remove("draft")}. Immutable and thread-safe.
 *
 * <p>A path addresses the key that equals it, if there is one, and otherwise a nested map by its
 * dots, as {@link Metadata#get} does. Setting a path whose beginning is missing creates the nested
 * maps, and replaces a value on the way that is not a map, as JSON merge patch (RFC 7396) does.
 * Setting a map replaces the map that was there; {@link #merge} merges it. Lists are not entered.
 */
public final class MetadataPatch {
  private static final MetadataPatch EMPTY = new MetadataPatch(List.of());

  private final List<Change> changes;

  private MetadataPatch(List<Change> changes) {
    this.changes = changes;
  }

  /** One change. */
  public sealed interface Change permits Set, Remove, Merge {}

  /** A path gets a value. */
  public record Set(String path, Object value) implements Change {
    /** Copies the value and refuses what metadata cannot hold. */
    public Set {
      requirePath(path);
      value = Metadata.of(path, value).asMap().values().iterator().next();
    }

    /** The path; the value is user content. */
    @Override
    public String toString() {
      return "set " + path;
    }
  }

  /** What is at a path goes; what is not there is not missed. */
  public record Remove(String path) implements Change {
    /** Refuses a blank path. */
    public Remove {
      requirePath(path);
    }

    @Override
    public String toString() {
      return "remove " + path;
    }
  }

  /** As {@link Metadata#merge}: keys are literal, nested maps are merged. */
  public record Merge(Metadata metadata) implements Change {
    /** The keys; the values are user content. */
    @Override
    public String toString() {
      return "merge " + metadata.asMap().keySet();
    }
  }

  /** A patch that changes nothing. */
  public static MetadataPatch empty() {
    return EMPTY;
  }

  /** This patch, then a path set to a value. */
  public MetadataPatch set(String path, Object value) {
    return and(new Set(path, value));
  }

  /** This patch, then a path removed; what is not there is not missed. */
  public MetadataPatch remove(String path) {
    return and(new Remove(path));
  }

  /** This patch, then some metadata merged in, keys being literal. */
  public MetadataPatch merge(Metadata metadata) {
    return and(new Merge(metadata));
  }

  private MetadataPatch and(Change change) {
    List<Change> longer = new ArrayList<>(changes);
    longer.add(change);
    return new MetadataPatch(List.copyOf(longer));
  }

  /** The changes in order. */
  public List<Change> changes() {
    return changes;
  }

  /** Whether there is no change. */
  public boolean isEmpty() {
    return changes.isEmpty();
  }

  /** The metadata after the changes; an {@link InvalidInputException} when it exceeds a limit. */
  public Metadata applyTo(Metadata metadata) {
    Metadata result = metadata;
    for (Change change : changes) {
      result =
          switch (change) {
            case Merge merge -> result.merge(merge.metadata());
            case Set set -> Metadata.ofMap(changed(result.asMap(), set.path(), set.value()));
            case Remove remove -> Metadata.ofMap(changed(result.asMap(), remove.path(), null));
          };
    }
    return result;
  }

  private static Map<String, Object> changed(
      Map<String, Object> map, String path, @Nullable Object value) {
    String key = map.containsKey(path) ? path : head(map, path, value != null);
    if (key == null) {
      return map;
    }
    Map<String, Object> copy = new LinkedHashMap<>(map);
    if (key.length() < path.length()) {
      copy.put(key, changed(nested(map.get(key)), path.substring(key.length() + 1), value));
    } else if (value == null) {
      copy.remove(key);
    } else {
      copy.put(key, value);
    }
    return copy;
  }

  /**
   * The part of the path that is a key here: of the nested maps in the way the one that holds the
   * rest, or else the first, or else a new key; none when nothing may be created.
   */
  private static @Nullable String head(Map<String, Object> map, String path, boolean create) {
    String first = null;
    for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
      String key = path.substring(0, dot);
      if (map.get(key) instanceof Map<?, ?> nested) {
        if (Metadata.find(nested, path.substring(dot + 1)) != null) {
          return key;
        }
        first = first == null && dot + 1 < path.length() ? key : first;
      }
    }
    if (!create) {
      return null;
    }
    return first == null ? newKey(path) : first;
  }

  private static String newKey(String path) {
    int dot = path.indexOf('.');
    return dot > 0 && dot + 1 < path.length() ? path.substring(0, dot) : path;
  }

  private static void requirePath(String path) {
    if (path.isBlank()) {
      throw new InvalidInputException("invalid metadata patch: the path is blank; name a key");
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> nested(@Nullable Object value) {
    return value instanceof Map ? (Map<String, Object>) value : Map.of();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MetadataPatch that && changes.equals(that.changes);
  }

  @Override
  public int hashCode() {
    return changes.hashCode();
  }

  /** The changed paths; never a value. */
  @Override
  public String toString() {
    return "MetadataPatch" + changes;
  }
}
