package dev.engram.cli;

import dev.engram.Association;
import dev.engram.InvalidInputException;
import dev.engram.Learning;
import dev.engram.Metadata;
import dev.engram.Provenance;
import dev.engram.RecordId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the lines that {@code export} writes, and simpler ones: {@code text} with an optional
 * {@code id} and {@code occurredAt}; without {@code metadata}, every other field is metadata.
 * Thread-safe.
 */
final class JsonRecords {
  /** What a line says beside metadata. */
  private static final Set<String> FIELDS =
      Set.of("id", "text", "vector", "provenance", Json.OCCURRED_AT);

  /** What {@code export} adds; not metadata on a line that has {@code metadata}. */
  private static final Set<String> EXPORTED =
      Set.of(
          "metadata",
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

  private final InstantSource clock;

  JsonRecords(InstantSource clock) {
    this.clock = clock;
  }

  /** The learning of a line; null for what an export says besides, and for synapses. */
  @Nullable Learning learning(JsonNode line) {
    if (isSection(line, "@collection")) {
      throw new InvalidInputException(
          "field=@collection: this is a collection's; import it into a --collection");
    }
    boolean synapse = line.has("from") && line.has("to") && !line.has("text") && !line.has("id");
    if (isSection(line, "@space") || isSection(line, "@end") || synapse) {
      return null;
    }
    if (line.has("vector")) {
      throw new InvalidInputException(
          "field=vector: a space makes its own vectors; import into a --collection, or an export"
              + " with --exact");
    }
    Learning learning = Learning.of(text(line)).withMetadata(metadata(line));
    Optional<RecordId> id = id(line);
    if (id.isPresent()) {
      learning = learning.withId(id.get()).allowDuplicates();
    }
    Optional<Provenance> origin = provenance(line);
    learning = origin.isPresent() ? learning.from(origin.get()) : learning;
    Optional<Instant> occurred = instant(line, Json.OCCURRED_AT);
    learning = occurred.isPresent() ? learning.occurredAt(occurred.get()) : learning;
    learning = line.has("metadata") ? holding(learning, line) : learning;
    Optional<Instant> expiry = expiry(line);
    return expiry.isPresent() ? learning.withTimeToLive(left(expiry.get())) : learning;
  }

  /**
   * The association of a line: {@code from} and {@code to}, and optionally {@code relation} and
   * {@code strength}.
   *
   * @param usual of a line that says neither
   */
  static Association association(JsonNode line, Association usual) {
    JsonNode relation = line.path("relation");
    JsonNode strength = line.path("strength");
    if (!relation.isMissingNode() && !relation.isString()) {
      throw new InvalidInputException("field=relation: it is not a string");
    }
    if (!strength.isMissingNode() && !strength.isNumber()) {
      throw new InvalidInputException("field=strength: it is not a number");
    }
    return new Association(
        end(line, "from"),
        end(line, "to"),
        relation.isString() ? relation.asString() : usual.relation(),
        strength.isNumber() ? strength.doubleValue() : usual.strength());
  }

  private static RecordId end(JsonNode line, String field) {
    return id(line, field)
        .orElseThrow(() -> new InvalidInputException("field=" + field + ": it is missing"));
  }

  static float[] vector(JsonNode numbers) {
    if (!numbers.isArray()) {
      throw new InvalidInputException("field=vector: it is not a list of numbers");
    }
    float[] vector = new float[numbers.size()];
    for (int i = 0; i < vector.length; i++) {
      JsonNode number = numbers.get(i);
      if (!number.isNumber()) {
        throw new InvalidInputException("field=vector, component=" + i + ": it is not a number");
      }
      vector[i] = (float) number.doubleValue();
    }
    return vector;
  }

  private Duration left(Instant expiry) {
    Duration left = Duration.between(clock.instant(), expiry);
    return left.isPositive() ? left : Duration.ofMillis(1);
  }

  private static String text(JsonNode line) {
    JsonNode text = line.path("text");
    if (!text.isString()) {
      throw new InvalidInputException("field=text: it is missing, or not a string");
    }
    return text.asString();
  }

  private static Optional<RecordId> id(JsonNode line) {
    return id(line, "id");
  }

  private static Optional<RecordId> id(JsonNode line, String field) {
    JsonNode id = line.path(field);
    if (id.isMissingNode() || id.isNull()) {
      return Optional.empty();
    }
    if (!id.isString() && !id.isIntegralNumber()) {
      throw new InvalidInputException(
          "field=" + field + ": it is neither a string nor a whole number");
    }
    return Optional.of(RecordId.parse(id.asString()));
  }

  private static Optional<Provenance> provenance(JsonNode line) {
    JsonNode origin = line.path("provenance");
    JsonNode source = origin.path("source");
    if (origin.isMissingNode() || origin.isNull()) {
      return Optional.empty();
    }
    if (!source.isString()) {
      throw new InvalidInputException("field=provenance: it lacks its source");
    }
    JsonNode position = origin.path("position");
    return Optional.of(
        new Provenance(source.asString(), position.isString() ? position.asString() : ""));
  }

  private static Learning holding(Learning learning, JsonNode line) {
    Optional<Instant> from = instant(line, "validFrom");
    Optional<Instant> until = instant(line, "validUntil");
    Learning begun = from.map(learning::validFrom).orElse(learning);
    return until.map(begun::validUntil).orElse(begun);
  }

  private static boolean isSection(JsonNode line, String field) {
    return line.size() == 1 && line.path(field).isObject();
  }

  private static Optional<Instant> instant(JsonNode line, String field) {
    JsonNode written = line.path(field);
    if (written.isMissingNode() || written.isNull()) {
      return Optional.empty();
    }
    Optional<Instant> instant = Instants.parse(written.asString(""));
    if (instant.isEmpty()) {
      throw new InvalidInputException(
          "field=" + field + ": it is no instant, such as 2026-01-31T12:00:00Z");
    }
    return instant;
  }

  private static Optional<Instant> expiry(JsonNode line) {
    boolean exported = line.has("metadata") && line.path("expiresAt").isString();
    return exported
        ? Optional.of(Json.instant(line.get("expiresAt").asString()))
        : Optional.empty();
  }

  private static Metadata metadata(JsonNode line) {
    ObjectNode others = ((ObjectNode) line).deepCopy();
    others.remove(FIELDS);
    JsonNode given = line.path("metadata");
    if (!given.isObject()) {
      return Json.metadataOf(others);
    }
    others.remove(EXPORTED);
    return Json.metadataOf(given).merge(Json.metadataOf(others));
  }
}
