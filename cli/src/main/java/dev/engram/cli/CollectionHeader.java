package dev.engram.cli;

import dev.engram.CollectionConfig;
import dev.engram.InvalidInputException;
import dev.engram.Metric;
import dev.engram.Quantization;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The first line of an exported collection: what it was made with. A file without one is read for
 * the dimension of its first vector. Static functions only.
 */
final class CollectionHeader {
  static final String FIELD = "@collection";

  private CollectionHeader() {}

  static ObjectNode of(CollectionConfig config) {
    ObjectNode shape =
        Json.object(
            "dimension", config.dimension(),
            "metric", config.metric().name(),
            "language", config.language(),
            "recallTarget", config.recallTarget(),
            "quantization", config.quantization().name(),
            "resident", config.resident());
    config.timeToLive().ifPresent(ttl -> shape.put("timeToLive", ttl.toString()));
    return Json.object(FIELD, shape);
  }

  static boolean is(JsonNode line) {
    return line.size() == 1 && line.path(FIELD).isObject();
  }

  /** What a file's collection is made with. */
  static CollectionConfig read(Path file) throws IOException {
    try (JsonLines<Optional<CollectionConfig>> lines =
        new JsonLines<>(file, CollectionHeader::config)) {
      while (lines.hasNext()) {
        Optional<CollectionConfig> config = lines.next();
        if (config.isPresent()) {
          return config.get();
        }
      }
    }
    return CollectionConfig.textOnly();
  }

  private static Optional<CollectionConfig> config(JsonNode line) {
    if (is(line)) {
      return Optional.of(stored(line.get(FIELD)));
    }
    return line.has("vector")
        ? Optional.of(CollectionConfig.ofDimension(JsonRecords.vector(line.get("vector")).length))
        : Optional.empty();
  }

  private static CollectionConfig stored(JsonNode shape) {
    try {
      int dimension = shape.path("dimension").asInt(0);
      CollectionConfig config =
          dimension == 0 ? CollectionConfig.textOnly() : CollectionConfig.ofDimension(dimension);
      config =
          config
              .metric(Metric.valueOf(shape.path("metric").asString("COSINE")))
              .language(shape.path("language").asString("english"))
              .recallTarget(shape.path("recallTarget").asDouble(config.recallTarget()))
              .resident(shape.path("resident").asBoolean(false));
      JsonNode quantization = shape.path("quantization");
      if (quantization.isString()) {
        config = config.quantization(Quantization.valueOf(quantization.asString()));
      }
      JsonNode ttl = shape.path("timeToLive");
      return ttl.isString() ? config.timeToLive(Duration.parse(ttl.asString())) : config;
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new InvalidInputException("field=" + FIELD + ": it is not what export writes", e);
    }
  }
}
