package dev.engram;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a collection is made. Fixed when it is created; opening it with another dimension, metric or
 * language is a {@link MismatchException} that names both values. Immutable.
 */
public final class CollectionConfig {
  private final int dimension;
  private final Metric metric;
  private final String language;
  private final @Nullable Duration timeToLive;

  private CollectionConfig(
      int dimension, Metric metric, String language, @Nullable Duration timeToLive) {
    this.dimension = dimension;
    this.metric = metric;
    this.language = language;
    this.timeToLive = timeToLive;
  }

  /** Vectors of 1 to {@link Limits#MAX_DIMENSION} components; cosine; English text. */
  public static CollectionConfig ofDimension(int dimension) {
    if (dimension < 1 || dimension > Limits.MAX_DIMENSION) {
      throw new InvalidInputException(
          "invalid dimension: dimension=" + dimension + ", allowed=1.." + Limits.MAX_DIMENSION);
    }
    return new CollectionConfig(dimension, Metric.COSINE, "english", null);
  }

  /** No vectors: text and metadata only. */
  public static CollectionConfig textOnly() {
    return new CollectionConfig(0, Metric.COSINE, "english", null);
  }

  public CollectionConfig metric(Metric newMetric) {
    return new CollectionConfig(dimension, newMetric, language, timeToLive);
  }

  /** The language whose stop words and stemming the text index uses, such as {@code german}. */
  public CollectionConfig language(String newLanguage) {
    return new CollectionConfig(dimension, metric, newLanguage, timeToLive);
  }

  /** Records that name no expiry of their own expire this long after they are stored. */
  public CollectionConfig timeToLive(Duration duration) {
    Limits.checkTimeToLive(duration);
    return new CollectionConfig(dimension, metric, language, duration);
  }

  /** Components of a vector; 0 where the collection holds no vectors. */
  public int dimension() {
    return dimension;
  }

  public Metric metric() {
    return metric;
  }

  public String language() {
    return language;
  }

  public Optional<Duration> timeToLive() {
    return Optional.ofNullable(timeToLive);
  }

  @Override
  public String toString() {
    return "dimension="
        + dimension
        + ", metric="
        + metric
        + ", language="
        + language
        + ", timeToLive="
        + (timeToLive == null ? "none" : timeToLive);
  }
}
