package dev.engram.cli;

import dev.engram.InvalidInputException;
import dev.engram.Memory;
import dev.engram.MemoryVersion;
import dev.engram.Metadata;
import dev.engram.Provenance;
import dev.engram.Synapse;
import dev.engram.VectorRecord;
import java.io.PrintStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON that commands print and read. An instant in metadata is written as {@code {"@instant":
 * "2026-01-31T12:00:00Z"}}, so that it comes back as an instant; a user's own key of that name gets
 * one more {@code @}. Stateless.
 */
final class Json {
  static final String INSTANT = "@instant";

  private static final JsonMapper MAPPER = new JsonMapper();

  private Json() {}

  static JsonNode parse(String text) {
    return MAPPER.readTree(text);
  }

  static JsonNode parse(byte[] bytes) {
    return MAPPER.readTree(bytes);
  }

  /** Prints a value on one line. */
  static void print(PrintStream to, Object value) {
    to.println(write(value));
  }

  static String write(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  static String pretty(Object value) {
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value);
  }

  /** An object of name and value pairs, in that order. */
  static ObjectNode object(Object... pairs) {
    ObjectNode node = MAPPER.createObjectNode();
    for (int i = 0; i < pairs.length; i += 2) {
      node.set((String) pairs[i], MAPPER.valueToTree(pairs[i + 1]));
    }
    return node;
  }

  /** The field of a memory's event time. */
  static final String OCCURRED_AT = "occurredAt";

  /** A memory as {@code get} and {@code recall} print it. */
  static ObjectNode memory(Memory memory) {
    ObjectNode node = object("id", memory.id().toString(), "text", memory.text());
    node.set("metadata", metadata(memory.metadata()));
    memory.provenance().ifPresent(origin -> node.set("provenance", provenance(origin)));
    node.put("createdAt", memory.createdAt().toString());
    node.put("updatedAt", memory.updatedAt().toString());
    memory.expiresAt().ifPresent(expiry -> node.put("expiresAt", expiry.toString()));
    memory.occurredAt().ifPresent(time -> node.put(OCCURRED_AT, time.toString()));
    memory.validFrom().ifPresent(time -> node.put("validFrom", time.toString()));
    memory.validUntil().ifPresent(time -> node.put("validUntil", time.toString()));
    node.put("accessCount", memory.accessCount());
    node.put("lastAccessed", memory.lastAccessed().toString());
    node.put("importance", memory.importance());
    node.put("pinned", memory.pinned());
    return node;
  }

  /** What a memory said for a time. */
  static ObjectNode version(MemoryVersion version) {
    ObjectNode node = object("id", version.id().toString(), "text", version.text());
    node.set("metadata", metadata(version.metadata()));
    version.provenance().ifPresent(origin -> node.set("provenance", provenance(origin)));
    version.occurredAt().ifPresent(time -> node.put(OCCURRED_AT, time.toString()));
    version.validFrom().ifPresent(time -> node.put("validFrom", time.toString()));
    version.validUntil().ifPresent(time -> node.put("validUntil", time.toString()));
    node.put("recordedFrom", version.recordedFrom().toString());
    version.recordedUntil().ifPresent(time -> node.put("recordedUntil", time.toString()));
    return node;
  }

  /** A record of a collection as {@code search} prints it. */
  static ObjectNode record(VectorRecord record, boolean vector) {
    ObjectNode node = object("id", record.id().toString());
    record.text().ifPresent(text -> node.put("text", text));
    node.set("metadata", metadata(record.metadata()));
    record.expiresAt().ifPresent(expiry -> node.put("expiresAt", expiry.toString()));
    if (vector) {
      record.vector().ifPresent(value -> node.set("vector", MAPPER.valueToTree(value)));
    }
    return node;
  }

  static ObjectNode synapse(Synapse synapse) {
    return object(
        "from", synapse.from().toString(),
        "to", synapse.to().toString(),
        "relation", synapse.relation(),
        "weight", synapse.weight(),
        "tier", synapse.tier().name(),
        "activations", synapse.activations(),
        "createdAt", synapse.createdAt().toString(),
        "lastAccessed", synapse.lastAccessed().toString());
  }

  static JsonNode metadata(Metadata metadata) {
    return MAPPER.valueToTree(written(metadata.asMap()));
  }

  private static ObjectNode provenance(Provenance origin) {
    return object("source", origin.source(), "position", origin.position());
  }

  private static Object written(Object value) {
    return switch (value) {
      case Instant instant -> Map.of(INSTANT, instant.toString());
      case Map<?, ?> map -> {
        Map<Object, Object> copy = new LinkedHashMap<>();
        map.forEach((key, inner) -> copy.put(escaped(key.toString()), written(inner)));
        yield copy;
      }
      case List<?> list -> list.stream().map(Json::written).toList();
      default -> value;
    };
  }

  /** A user's own key must not read as an instant. */
  private static String escaped(String key) {
    return isEscaped(key) ? "@" + key : key;
  }

  private static String unescaped(String key) {
    return isEscaped(key) && !key.equals(INSTANT) ? key.substring(1) : key;
  }

  private static boolean isEscaped(String key) {
    return key.endsWith(INSTANT) && key.replace("@", "").equals("instant");
  }

  /** What {@link #metadata} wrote; null members are left out. */
  static Metadata metadataOf(JsonNode node) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      Object value = read(member.getValue());
      if (value != null) {
        values.put(unescaped(member.getKey()), value);
      }
    }
    return Metadata.ofMap(values);
  }

  private static @Nullable Object read(JsonNode node) {
    if (node.isObject()) {
      return node.size() == 1 && node.has(INSTANT)
          ? instant(node.get(INSTANT).asString())
          : metadataOf(node).asMap();
    }
    if (node.isArray()) {
      List<Object> list = new ArrayList<>();
      for (JsonNode element : node) {
        Object value = read(element);
        if (value != null) {
          list.add(value);
        }
      }
      return list;
    }
    return scalar(node);
  }

  private static @Nullable Object scalar(JsonNode node) {
    if (node.isNull()) {
      return null;
    }
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    if (node.isIntegralNumber()) {
      return node.bigIntegerValue();
    }
    return node.isNumber() ? (Object) node.doubleValue() : node.asString();
  }

  /** An instant in ISO 8601. */
  static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new InvalidInputException(
          "invalid instant: characters=" + text.length() + "; write 2026-01-31T12:00:00Z", e);
    }
  }
}
