package dev.engram;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A search of a collection: by vector, by text, or by both. Immutable; the limit is 10. */
public final class Search {
  private final float @Nullable [] vector;
  private final @Nullable String text;
  private final Fusion fusion;
  private final int limit;
  private final int offset;
  private final @Nullable Filter filter;
  private final double minScore;

  private Search(
      float @Nullable [] vector,
      @Nullable String text,
      Fusion fusion,
      Page page,
      @Nullable Filter filter,
      double minScore) {
    this.vector = vector;
    this.text = text;
    this.fusion = fusion;
    this.limit = page.limit;
    this.offset = page.offset;
    this.filter = filter;
    this.minScore = minScore;
  }

  private record Page(int limit, int offset) {
    Page {
      if (limit < 1 || limit > Limits.MAX_RESULTS) {
        throw new InvalidInputException(
            "invalid search: limit=" + limit + ", allowed=1.." + Limits.MAX_RESULTS);
      }
      if (offset < 0 || offset > Limits.MAX_RESULTS) {
        throw new InvalidInputException(
            "invalid search: offset=" + offset + ", allowed=0.." + Limits.MAX_RESULTS);
      }
    }
  }

  private static Search start(float @Nullable [] vector, @Nullable String text) {
    return new Search(vector, text, Fusion.RRF, new Page(10, 0), null, Double.NEGATIVE_INFINITY);
  }

  /** By nearness to a vector of the collection's dimension, under its metric. */
  public static Search nearest(float[] vector) {
    return start(vector.clone(), null);
  }

  /** By words (BM25): scores are the share of the query's information that a text matches. */
  public static Search text(String words) {
    return start(null, words);
  }

  /** By both, joined by {@link Fusion#RRF} unless {@link #fusion} says otherwise. */
  public static Search hybrid(float[] vector, String words) {
    return start(vector.clone(), words);
  }

  public Search limit(int newLimit) {
    return new Search(vector, text, fusion, new Page(newLimit, offset), filter, minScore);
  }

  /** Leaves out that many of the best hits. */
  public Search offset(int newOffset) {
    return new Search(vector, text, fusion, new Page(limit, newOffset), filter, minScore);
  }

  /** Only records whose metadata match; a second call adds a condition. */
  public Search where(Filter condition) {
    Filter both = filter == null ? condition : Filter.and(filter, condition);
    return new Search(vector, text, fusion, new Page(limit, offset), both, minScore);
  }

  public Search fusion(Fusion newFusion) {
    return new Search(vector, text, newFusion, new Page(limit, offset), filter, minScore);
  }

  /** Only hits of at least this score. */
  public Search minScore(double score) {
    return new Search(vector, text, fusion, new Page(limit, offset), filter, score);
  }

  public Optional<float[]> vector() {
    return vector == null ? Optional.empty() : Optional.of(vector.clone());
  }

  public Optional<String> words() {
    return Optional.ofNullable(text);
  }

  public Fusion fusion() {
    return fusion;
  }

  public int limit() {
    return limit;
  }

  public int offset() {
    return offset;
  }

  public Optional<Filter> filter() {
    return Optional.ofNullable(filter);
  }

  public double minScore() {
    return minScore;
  }
}
