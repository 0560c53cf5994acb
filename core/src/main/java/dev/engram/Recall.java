package dev.engram;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * A question to a memory space. The score of a memory is the weighted sum of its arms, each on an
 * absolute scale: the share of the question's information that its text matches (0 to 1) and the
 * cosine of the embedded question. Immutable; the limit is 10, every weight is 1.
 */
public final class Recall {
  /** The ways in which a memory can be found. */
  public enum Arm {
    /** BM25 over the words. */
    TEXT,
    /** Cosine similarity of the embedded question. */
    VECTOR
  }

  private final String text;
  private final int limit;
  private final @Nullable Filter filter;
  private final Map<Arm, Double> weights;
  private final double minScore;
  private final @Nullable Double recall;

  private Recall(
      String text,
      int limit,
      @Nullable Filter filter,
      Map<Arm, Double> weights,
      double minScore,
      @Nullable Double recall) {
    if (limit < 1 || limit > Limits.MAX_RESULTS) {
      throw new InvalidInputException(
          "invalid recall: limit=" + limit + ", allowed=1.." + Limits.MAX_RESULTS);
    }
    this.text = text;
    this.limit = limit;
    this.filter = filter;
    this.weights = weights;
    this.minScore = minScore;
    this.recall = recall;
  }

  /** A question or a topic in words. */
  public static Recall about(String text) {
    Map<Arm, Double> weights = new EnumMap<>(Arm.class);
    for (Arm arm : Arm.values()) {
      weights.put(arm, 1.0);
    }
    return new Recall(text, 10, null, weights, Double.NEGATIVE_INFINITY, null);
  }

  public Recall limit(int newLimit) {
    return new Recall(text, newLimit, filter, weights, minScore, recall);
  }

  /** Only memories whose metadata match; a second call adds a condition. */
  public Recall where(Filter condition) {
    Filter both = filter == null ? condition : Filter.and(filter, condition);
    return new Recall(text, limit, both, weights, minScore, recall);
  }

  /** Only memories of this {@link Scope#USER}. */
  public Recall user(String user) {
    return where(Filter.eq(Scope.USER, user));
  }

  /** Only memories of this {@link Scope#AGENT}. */
  public Recall agent(String agent) {
    return where(Filter.eq(Scope.AGENT, agent));
  }

  /** Only memories of this {@link Scope#SESSION}. */
  public Recall session(String session) {
    return where(Filter.eq(Scope.SESSION, session));
  }

  /** What an arm's measure is multiplied by; 0 leaves the arm out. */
  public Recall weight(Arm arm, double weight) {
    if (!(weight >= 0) || weight > 1e6) {
      throw new InvalidInputException(
          "invalid recall: arm=" + arm + ", weight=" + weight + ", allowed=0..1e6");
    }
    Map<Arm, Double> changed = new EnumMap<>(weights);
    changed.put(arm, weight);
    return new Recall(text, limit, filter, changed, minScore, recall);
  }

  /** Only memories of at least this score. */
  public Recall minScore(double score) {
    return new Recall(text, limit, filter, weights, score, recall);
  }

  /**
   * Which share of the nearest vectors the vector arm is to find, on average; the space's unless
   * given. Less is faster; 1 misses nothing.
   *
   * @param target above 0 and at most 1
   */
  public Recall recall(double target) {
    Limits.checkRecall(target);
    return new Recall(text, limit, filter, weights, minScore, target);
  }

  /** The vector arm misses nothing: a {@link #recall(double) recall} of 1. */
  public Recall exact() {
    return recall(1);
  }

  public String text() {
    return text;
  }

  public int limit() {
    return limit;
  }

  public Optional<Filter> filter() {
    return Optional.ofNullable(filter);
  }

  public double weight(Arm arm) {
    return weights.getOrDefault(arm, 0.0);
  }

  public double minScore() {
    return minScore;
  }

  /** The recall asked for; empty for the space's. */
  public OptionalDouble recall() {
    return recall == null ? OptionalDouble.empty() : OptionalDouble.of(recall);
  }
}
