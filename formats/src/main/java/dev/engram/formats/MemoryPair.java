package dev.engram.formats;

import dev.engram.CollectionConfig;
import dev.engram.CollectionInfo.Kind;
import dev.engram.InvalidInputException;
import dev.engram.Limits;
import dev.engram.Metadata;
import dev.engram.RecordId;
import dev.engram.spi.EmbedderIdentity;
import dev.engram.spi.TransferItem;
import dev.engram.spi.TransferItem.Dates;
import dev.engram.spi.TransferItem.Entry;
import dev.engram.spi.TransferItem.Node;
import dev.engram.spi.TransferItem.Section;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A pair of {@code memories.json}: {@code {"key": {id, timestamp, contextHash}, "value":
 * {embedding, content, metadata: {importance, accessCount, lastAccessed, decayFactor, tags}}}}.
 * What an entry has no place for (the hash, the factor, the tags, and members that are not known)
 * is its metadata, and goes back to where it was. Times are seconds since the epoch, or
 * milliseconds where they are not whole seconds. Static functions only, but for the reader.
 */
final class MemoryPair {
  private static final String HASH = "contextHash";
  private static final String FACTOR = "decayFactor";
  private static final String TAGS = "tags";

  /** Larger numbers are milliseconds. */
  private static final long MOST_SECONDS = 100_000_000_000L;

  private MemoryPair() {}

  static Map<String, Object> of(Entry entry) {
    Map<String, Object> key = new LinkedHashMap<>();
    key.put("id", entry.id().map(RecordId::toString).orElse(""));
    key.put("timestamp", time(entry.dates().created()));
    key.put(HASH, entry.metadata().get(HASH).map(MemoryPair::hash).orElse(0L));
    Node node = entry.node().orElse(Node.NEW);
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("importance", node.importance());
    metadata.put("accessCount", node.accessCount());
    metadata.put("lastAccessed", time(node.lastAccessed().or(entry.dates()::created)));
    metadata.put(FACTOR, entry.metadata().get(FACTOR).orElse(.95));
    metadata.put(TAGS, entry.metadata().get(TAGS).orElse(List.of()));
    entry.metadata().asMap().forEach(metadata::putIfAbsent);
    metadata.remove(HASH);
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("embedding", entry.vector().map(MemoryPair::list).orElse(List.of()));
    value.put("content", entry.text().orElse(""));
    value.put("metadata", metadata);
    Map<String, Object> pair = new LinkedHashMap<>();
    pair.put("key", key);
    pair.put("value", value);
    return pair;
  }

  /** One that is larger than a whole number of metadata is a text there. */
  private static Object hash(Object kept) {
    boolean digits = kept instanceof String text && text.matches("[0-9]{1,20}");
    return digits ? new BigInteger(kept.toString()) : kept;
  }

  /** The shortest decimals that are these floats. */
  private static List<Object> list(float[] vector) {
    List<Object> list = new ArrayList<>(vector.length);
    for (float component : vector) {
      list.add(Double.valueOf(Float.toString(component)));
    }
    return list;
  }

  private static long time(Optional<Instant> instant) {
    long millis = instant.map(Instant::toEpochMilli).orElse(0L);
    return millis % 1_000 == 0 ? millis / 1_000 : millis;
  }

  /** Reads pairs of one document. Not thread-safe. */
  static final class Reader {
    /** Says which vectors these are: nobody knows what made them. */
    Optional<TransferItem> section(Entry entry) {
      return entry
          .vector()
          .map(vector ->
              new Section(
                  0,
                  "",
                  Kind.SPACE,
                  CollectionConfig.ofDimension(vector.length),
                  Optional.of(
                      new EmbedderIdentity("memories.json", "unknown", vector.length, false)),
                  Optional.empty()));
    }

    Entry entry(Map<String, Object> pair) {
      Values key = member(new Values(pair), "key");
      Values value = member(new Values(pair), "value");
      Values metadata = value.map("metadata").orElse(new Values(Map.of()));
      Optional<Instant> created = time(key, "timestamp", "timestamp");
      Optional<Instant> accessed = time(metadata, "lastAccessed", "last_accessed");
      Node node =
          new Node(
              metadata.count(name(metadata, "accessCount", "access_count"), 1),
              accessed,
              Math.clamp(metadata.decimal("importance", 1), 0, 1),
              accessed,
              false);
      RecordId id =
          key.id("id").orElseThrow(() -> new InvalidInputException("field=id: it is missing"));
      return Entry.of(id, value.text("content", ""))
          .withVector(vector(value))
          .withMetadata(rest(key, metadata))
          .withDates(
              new Dates(
                  created,
                  created,
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty()))
          .withNode(Optional.of(node));
    }

    private static Values member(Values pair, String name) {
      return pair.map(name)
          .orElseThrow(() -> new InvalidInputException("field=" + name + ": it is missing"));
    }

    private static Metadata rest(Values key, Values metadata) {
      Map<String, Object> rest = Values.named(metadata.all());
      rest.keySet()
          .removeAll(
              List.of(
                  "importance", "accessCount", "access_count", "lastAccessed", "last_accessed"));
      Object factor = rest.remove("decay_factor");
      if (factor != null) {
        rest.putIfAbsent(FACTOR, factor);
      }
      Object hash = key.all().get(name(key, HASH, "context_hash"));
      if (hash != null) {
        // An unsigned number may be larger than a whole number of metadata.
        rest.put(HASH, hash instanceof Long ? hash : hash.toString());
      }
      return Metadata.ofMap(rest);
    }

    private static Optional<float[]> vector(Values value) {
      List<?> list = value.list("embedding");
      if (list.size() > Limits.MAX_DIMENSION) {
        throw new InvalidInputException(
            "field=embedding, components=" + list.size() + ", allowed=0.." + Limits.MAX_DIMENSION);
      }
      float[] vector = new float[list.size()];
      for (int i = 0; i < vector.length; i++) {
        if (!(list.get(i) instanceof Number number)) {
          throw new InvalidInputException("field=embedding, component=" + i + ": no number");
        }
        vector[i] = number.floatValue();
      }
      return vector.length == 0 ? Optional.empty() : Optional.of(vector);
    }

    private static Optional<Instant> time(Values at, String name, String other) {
      String found = name(at, name, other);
      if (at.all().get(found) instanceof String) {
        return at.instant(found);
      }
      long number = at.count(found, 0);
      if (number == 0) {
        return Optional.empty();
      }
      return Optional.of(
          number < MOST_SECONDS ? Instant.ofEpochSecond(number) : Instant.ofEpochMilli(number));
    }

    /** Which of two spellings is there. */
    private static String name(Values at, String name, String other) {
      return at.all().containsKey(other) && !at.all().containsKey(name) ? other : name;
    }
  }
}
