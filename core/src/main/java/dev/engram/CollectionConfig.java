package dev.engram;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a collection is made. Fixed when it is created, but for the recall target and the
 * quantization; opening it with another dimension, metric, language, time to live or named
 * quantization is a {@link MismatchException} that names both values. Immutable.
 */
public final class CollectionConfig {
  /** The recall target of a collection that names no other. */
  public static final double DEFAULT_RECALL_TARGET = .95;

  private final int dimension;
  private final Metric metric;
  private final String language;
  private final @Nullable Duration timeToLive;
  private final double recallTarget;
  private final @Nullable Quantization quantization;
  private final boolean resident;

  private CollectionConfig(
      int dimension,
      Metric metric,
      String language,
      @Nullable Duration timeToLive,
      double recallTarget,
      @Nullable Quantization quantization,
      boolean resident) {
    this.dimension = dimension;
    this.metric = metric;
    this.language = language;
    this.timeToLive = timeToLive;
    this.recallTarget = recallTarget;
    this.quantization = quantization;
    this.resident = resident;
  }

  private static CollectionConfig of(int dimension) {
    return new CollectionConfig(
        dimension, Metric.COSINE, "english", null, DEFAULT_RECALL_TARGET, null, false);
  }

  /** Vectors of 1 to {@link Limits#MAX_DIMENSION} components; cosine; English text. */
  public static CollectionConfig ofDimension(int dimension) {
    if (dimension < 1 || dimension > Limits.MAX_DIMENSION) {
      throw new InvalidInputException(
          "invalid dimension: dimension=" + dimension + ", allowed=1.." + Limits.MAX_DIMENSION);
    }
    return of(dimension);
  }

  /** No vectors: text and metadata only. */
  public static CollectionConfig textOnly() {
    return of(0);
  }

  public CollectionConfig metric(Metric newMetric) {
    return new CollectionConfig(
        dimension, newMetric, language, timeToLive, recallTarget, quantization, resident);
  }

  /** The language whose stop words and stemming the text index uses, such as {@code german}. */
  public CollectionConfig language(String newLanguage) {
    return new CollectionConfig(
        dimension, metric, newLanguage, timeToLive, recallTarget, quantization, resident);
  }

  /** Records that name no expiry of their own expire this long after they are stored. */
  public CollectionConfig timeToLive(Duration duration) {
    Limits.checkTimeToLive(duration);
    return new CollectionConfig(
        dimension, metric, language, duration, recallTarget, quantization, resident);
  }

  /**
   * Which share of the nearest vectors a search finds, on average, unless it says otherwise: .95 by
   * default. Opening a collection with another one changes nothing; {@link Catalog#recallTarget}
   * does.
   *
   * @param target above 0 and at most 1
   */
  public CollectionConfig recallTarget(double target) {
    Limits.checkRecall(target);
    return new CollectionConfig(
        dimension, metric, language, timeToLive, target, quantization, resident);
  }

  /**
   * How precisely the index ranks what it scans: eight bits a component by default. Under {@link
   * Metric#MANHATTAN} there is only {@link Quantization#NONE}. Opening a collection with another
   * one than it has is a {@link MismatchException}, unless none is named; {@link
   * Catalog#quantization} changes it.
   */
  public CollectionConfig quantization(Quantization newQuantization) {
    return new CollectionConfig(
        dimension, metric, language, timeToLive, recallTarget, newQuantization, resident);
  }

  /**
   * Whether the index holds its codes in memory, instead of in mapped files that the operating
   * system reads when they are asked for: steadier, for more memory. Fixed at creation; opening a
   * collection with another one changes nothing.
   */
  public CollectionConfig resident(boolean inMemory) {
    return new CollectionConfig(
        dimension, metric, language, timeToLive, recallTarget, quantization, inMemory);
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

  public double recallTarget() {
    return recallTarget;
  }

  /** The quantization that was named, or else the default of the metric. */
  public Quantization quantization() {
    if (quantization != null) {
      return quantization;
    }
    return metric == Metric.MANHATTAN ? Quantization.NONE : Quantization.BITS_8;
  }

  /** Whether a quantization was named. */
  public boolean namesQuantization() {
    return quantization != null;
  }

  public boolean resident() {
    return resident;
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
        + (timeToLive == null ? "none" : timeToLive)
        + ", recallTarget="
        + recallTarget
        + ", quantization="
        + quantization()
        + ", resident="
        + resident;
  }
}
