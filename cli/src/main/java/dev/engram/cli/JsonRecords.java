package dev.engram.cli;

import dev.engram.Association;
import dev.engram.InvalidInputException;
import dev.engram.Learning;
import dev.engram.Metadata;
import dev.engram.Provenance;
import dev.engram.RecordId;
import dev.engram.VectorRecord;
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

  /** What {@code export} adds for readers; not metadata on a line that has {@code metadata}. */
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
          "pinned");

  private final InstantSource clock;

  JsonRecords(InstantSource clock) {
    this.clock = clock;
  }

  Learning learning(JsonNode line) {
    if (CollectionHeader.is(line)) {
      throw new InvalidInputException(
          "field="
              + CollectionHeader.FIELD
              + ": this is a collection's; import it into a --collection");
    }
    if (line.has("vector")) {
      throw new InvalidInputException(
          "field=vector: a space makes its own vectors; import into a --collection");
    }
    Learning learning = Learning.of(text(line)).withMetadata(metadata(line));
    Optional<RecordId> id = id(line);
    if (id.isPresent()) {
      learning = learning.withId(id.get()).allowDuplicates();
    }
    Optional<Provenance> origin = provenance(line);
    learning = origin.isPresent() ? learning.from(origin.get()) : learning;
    Optional<Instant> occurred = occurredAt(line);
    learning = occurred.isPresent() ? learning.occurredAt(occurred.get()) : learning;
    learning = valid(line, learning);
    Optional<Instant> expiry = exported(line, "expiresAt");
    return expiry.isPresent() ? learning.withTimeToLive(left(expiry.get())) : learning;
  }

  private static Learning valid(JsonNode line, Learning learning) {
    Optional<Instant> from = exported(line, "validFrom");
    Optional<Instant> until = exported(line, "validUntil");
    Learning begun = from.isPresent() ? learning.validFrom(from.get()) : learning;
    return until.isPresent() ? begun.validUntil(until.get()) : begun;
  }

  /** The record of a line; null for the line that says what its collection is. */
  @Nullable VectorRecord record(JsonNode line) {
    if (CollectionHeader.is(line)) {
      return null;
    }
    RecordId id =
        id(line).orElseThrow(() -> new InvalidInputException("field=id: a record must have one"));
    VectorRecord record = VectorRecord.of(id).withMetadata(metadata(line));
    if (line.has("text")) {
      record = record.withText(text(line));
    }
    if (line.has("vector")) {
      record = record.withVector(vector(line.get("vector")));
    }
    Optional<Instant> expiry = exported(line, "expiresAt");
    return expiry.isPresent() ? record.withExpiry(expiry.get()) : record;
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

  private static Optional<Instant> occurredAt(JsonNode line) {
    JsonNode written = line.path(Json.OCCURRED_AT);
    if (written.isMissingNode() || written.isNull()) {
      return Optional.empty();
    }
    Optional<Instant> instant = Instants.parse(written.asString(""));
    if (instant.isEmpty()) {
      throw new InvalidInputException(
          "field=" + Json.OCCURRED_AT + ": it is no instant, such as 2026-01-31T12:00:00Z");
    }
    return instant;
  }

  /** An instant of a line that {@code export} wrote. */
  private static Optional<Instant> exported(JsonNode line, String field) {
    boolean exported = line.has("metadata") && line.path(field).isString();
    return exported ? Optional.of(Json.instant(line.get(field).asString())) : Optional.empty();
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
