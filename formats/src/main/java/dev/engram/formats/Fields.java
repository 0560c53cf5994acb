package dev.engram.formats;

import dev.engram.CollectionInfo.Kind;
import dev.engram.InvalidInputException;
import dev.engram.Metadata;
import dev.engram.Provenance;
import dev.engram.RecordId;
import dev.engram.Synapse;
import dev.engram.spi.TransferItem;
import dev.engram.spi.TransferItem.Dates;
import dev.engram.spi.TransferItem.End;
import dev.engram.spi.TransferItem.Entry;
import dev.engram.spi.TransferItem.Link;
import dev.engram.spi.TransferItem.Node;
import dev.engram.spi.TransferItem.Section;
import dev.engram.spi.TransferItem.Use;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Items as named values, for forms that hold such: texts, whole numbers, decimals, booleans,
 * instants, lists, maps, and {@code float[]} for a vector. Static functions only.
 *
 * <pre>
 *   section   {"@collection": {...}} or {"@space": {...}}    {@link SectionFields}
 *   entry     {"id", "text", "metadata", "provenance", dates, node, "vector"}
 *   link      {"from", "to", "relation", "strength", use}
 *   end       {"@end": {"records", "synapses", "sha256"}}
 * </pre>
 *
 * An entry that somebody wrote by hand may lack all but its text or vector; without {@code
 * metadata}, every field of another name is metadata.
 */
final class Fields {
  static final String COLLECTION = "@collection";
  static final String SPACE = "@space";
  static final String END = "@end";
  static final String VECTOR = "vector";
  static final String METADATA = "metadata";
  private static final String PROVENANCE = "provenance";

  /** What a line says beside metadata. */
  private static final Set<String> CONTENT = Set.of("id", "text", VECTOR, PROVENANCE, "occurredAt");

  /** What an export adds; metadata on a line that has no {@code metadata}. */
  private static final Set<String> EXPORTED =
      Set.of(
          METADATA,
          "createdAt",
          "updatedAt",
          "expiresAt",
          "validFrom",
          "validUntil",
          "accessCount",
          "lastAccessed",
          "importance",
          "importanceSince",
          "pinned");

  private Fields() {}

  /** The values of an item. */
  static Map<String, Object> of(TransferItem item) {
    return switch (item) {
      case Section section ->
          Map.of(section.kind() == Kind.SPACE ? SPACE : COLLECTION, SectionFields.of(section));
      case Entry entry -> of(entry);
      case Link link -> of(link);
      case End end -> Map.of(END, of(end));
    };
  }

  /** The item of some values. */
  static TransferItem item(Map<String, Object> values) {
    if (values.size() == 1 && values.get(END) instanceof Map<?, ?> end) {
      Values at = new Values(end);
      return new End(at.count("records", 0), at.count("synapses", 0), at.text("sha256", ""));
    }
    if (values.size() == 1 && values.get(SPACE) instanceof Map<?, ?> space) {
      return SectionFields.section(Kind.SPACE, new Values(space));
    }
    if (values.size() == 1 && values.get(COLLECTION) instanceof Map<?, ?> collection) {
      return SectionFields.section(Kind.COLLECTION, new Values(collection));
    }
    boolean link = values.containsKey("from") && values.containsKey("to");
    boolean entry =
        values.containsKey("id") || values.containsKey("text") || values.containsKey(VECTOR);
    return link && !entry ? link(new Values(values)) : entry(values);
  }

  private static Map<String, Object> of(End end) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("records", end.records());
    values.put("synapses", end.synapses());
    values.put("sha256", end.sha256());
    return values;
  }

  private static Map<String, Object> of(Entry entry) {
    Map<String, Object> values = new LinkedHashMap<>();
    entry.id().ifPresent(id -> values.put("id", id.toString()));
    entry.text().ifPresent(text -> values.put("text", text));
    values.put(METADATA, entry.metadata().asMap());
    entry.provenance().ifPresent(origin -> values.put(PROVENANCE, of(origin)));
    put(values, "createdAt", entry.dates().created());
    put(values, "updatedAt", entry.dates().updated());
    put(values, "expiresAt", entry.dates().expires());
    put(values, "occurredAt", entry.dates().occurred());
    put(values, "validFrom", entry.dates().validFrom());
    put(values, "validUntil", entry.dates().validUntil());
    entry.node().ifPresent(node -> put(values, node));
    entry.vector().ifPresent(vector -> values.put(VECTOR, vector));
    return values;
  }

  private static Map<String, Object> of(Provenance origin) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("source", origin.source());
    values.put("position", origin.position());
    return values;
  }

  private static void put(Map<String, Object> values, Node node) {
    values.put("accessCount", node.accessCount());
    put(values, "lastAccessed", node.lastAccessed());
    values.put("importance", node.importance());
    put(values, "importanceSince", node.importanceSince());
    values.put("pinned", node.pinned());
  }

  private static Map<String, Object> of(Link link) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("from", link.from().toString());
    values.put("to", link.to().toString());
    values.put("relation", link.relation());
    values.put("strength", link.strength());
    link.use().ifPresent(use -> put(values, use));
    return values;
  }

  private static void put(Map<String, Object> values, Use use) {
    values.put("tier", use.tier().name());
    values.put("strengthSince", use.strengthSince());
    values.put("cycle", use.cycle());
    values.put("createdAt", use.createdAt());
    values.put("lastAccessed", use.lastAccessed());
    values.put("activations", use.activations());
  }

  private static void put(Map<String, Object> values, String name, Optional<Instant> instant) {
    instant.ifPresent(time -> values.put(name, time));
  }

  private static Entry entry(Map<String, Object> values) {
    Values at = new Values(values);
    boolean exported = values.get(METADATA) instanceof Map;
    return new Entry(
        at.id("id"),
        at.optionalText("text"),
        at.vector(VECTOR),
        metadata(values),
        provenance(at),
        exported ? dates(at) : Dates.NONE.occurring(at.instant("occurredAt")),
        exported && values.containsKey("importance") ? Optional.of(node(at)) : Optional.empty());
  }

  private static Metadata metadata(Map<String, Object> values) {
    Map<String, Object> others = new LinkedHashMap<>(values);
    others.keySet().removeAll(CONTENT);
    if (!(values.get(METADATA) instanceof Map<?, ?> given)) {
      return Metadata.ofMap(others);
    }
    others.keySet().removeAll(EXPORTED);
    Metadata own = Metadata.ofMap(Values.named(given));
    return others.isEmpty() ? own : own.merge(Metadata.ofMap(others));
  }

  private static Optional<Provenance> provenance(Values at) {
    return at.map(PROVENANCE)
        .map(origin ->
            new Provenance(
                origin
                    .optionalText("source")
                    .orElseThrow(
                        () -> new InvalidInputException("field=provenance: it lacks its source")),
                origin.text("position", "")));
  }

  private static Dates dates(Values at) {
    return new Dates(
        at.instant("createdAt"),
        at.instant("updatedAt"),
        at.instant("expiresAt"),
        at.instant("occurredAt"),
        at.instant("validFrom"),
        at.instant("validUntil"));
  }

  private static Node node(Values at) {
    return new Node(
        at.count("accessCount", 1),
        at.instant("lastAccessed"),
        at.decimal("importance", 1),
        at.instant("importanceSince"),
        at.flag("pinned", false));
  }

  private static Link link(Values at) {
    Optional<Instant> since = at.instant("strengthSince");
    return new Link(
        end(at, "from"),
        end(at, "to"),
        at.text("relation", Synapse.RELATED),
        at.decimal("strength", Synapse.INITIAL_STRENGTH),
        since.map(instant -> use(at, instant)));
  }

  private static Use use(Values at, Instant since) {
    return new Use(
        at.choice("tier", Synapse.Tier.class, Synapse.Tier.SHORT_TERM),
        since,
        at.whole("cycle", 0),
        at.instant("createdAt").orElse(since),
        at.instant("lastAccessed").orElse(since),
        at.count("activations", 0));
  }

  private static RecordId end(Values at, String name) {
    return at.id(name)
        .orElseThrow(() -> new InvalidInputException("field=" + name + ": it is missing"));
  }
}
