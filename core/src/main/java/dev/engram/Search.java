package dev.engram;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * A search of a collection: by vector, by text, by both, or by examples. Immutable; the limit is
 * 10. Equal to a search that asks for the same.
 */
public final class Search {
  /** From so many times the hits wanted a search with diversity chooses. */
  public static final int DIVERSITY_POOL = 4;

  private final float @Nullable [] vector;
  private final @Nullable String text;
  private final Examples examples;
  private final Options options;

  private Search(
      float @Nullable [] vector, @Nullable String text, Examples examples, Options options) {
    this.vector = vector;
    this.text = text;
    this.examples = examples;
    this.options = options;
  }

  private record Examples(List<RecordId> positive, List<RecordId> negative) {
    static final Examples NONE = new Examples(List.of(), List.of());

    Examples {
      positive = List.copyOf(positive);
      negative = List.copyOf(negative);
      if (positive.size() + negative.size() > Limits.MAX_EXAMPLES) {
        throw new InvalidInputException(
            "invalid search: examples="
                + (positive.size() + negative.size())
                + ", allowed=1.."
                + Limits.MAX_EXAMPLES);
      }
    }
  }

  /**
   * All but what is asked for.
   *
   * @param recall null for the collection's
   * @param diversity null for none
   */
  private record Options(
      Fusion fusion,
      int limit,
      int offset,
      @Nullable Filter filter,
      double minScore,
      @Nullable Double recall,
      @Nullable Double diversity,
      boolean verified) {
    static final Options DEFAULT =
        new Options(Fusion.RRF, 10, 0, null, Double.NEGATIVE_INFINITY, null, null, false);

    Options {
      if (limit < 1 || limit > Limits.MAX_RESULTS) {
        throw new InvalidInputException(
            "invalid search: limit=" + limit + ", allowed=1.." + Limits.MAX_RESULTS);
      }
      if (offset < 0 || offset > Limits.MAX_RESULTS) {
        throw new InvalidInputException(
            "invalid search: offset=" + offset + ", allowed=0.." + Limits.MAX_RESULTS);
      }
      if (diversity != null && limit + offset > Limits.MAX_DIVERSE_RESULTS) {
        throw new InvalidInputException(
            "invalid search: limit="
                + limit
                + ", offset="
                + offset
                + ", allowed together with diversity=1.."
                + Limits.MAX_DIVERSE_RESULTS);
      }
    }
  }

  /** By nearness to a vector of the collection's dimension, under its metric. */
  public static Search nearest(float[] vector) {
    return new Search(vector.clone(), null, Examples.NONE, Options.DEFAULT);
  }

  /**
   * All records of at least a score: a range search. Nothing is missed, and the limit is {@link
   * Limits#MAX_RESULTS}. Under {@link Metric#EUCLIDEAN} a score is a distance with its sign turned:
   * give -2 for all that are at most 2 away.
   */
  public static Search within(float[] vector, double minScore) {
    return nearest(vector).minScore(minScore).limit(Limits.MAX_RESULTS).exact();
  }

  /** By words (BM25): scores are the share of the query's information that a text matches. */
  public static Search text(String words) {
    return new Search(null, words, Examples.NONE, Options.DEFAULT);
  }

  /** By both, joined by {@link Fusion#RRF} unless {@link #fusion} says otherwise. */
  public static Search hybrid(float[] vector, String words) {
    return new Search(vector.clone(), words, Examples.NONE, Options.DEFAULT);
  }

  /**
   * By nearness to what some records have and others have not: to mean(positive) + (mean(positive)
   * - mean(negative)) of their vectors, which under cosine are brought to unit length first. The
   * examples themselves are never found. Searching, an id that is not there is a {@link
   * NotFoundException}, a record without a vector an {@link InvalidInputException}.
   *
   * @param positive at least one
   * @param negative may be empty; together at most {@link Limits#MAX_EXAMPLES}
   */
  public static Search like(List<RecordId> positive, List<RecordId> negative) {
    if (positive.isEmpty()) {
      throw new InvalidInputException("invalid search: positive=0; give an example to be like");
    }
    return new Search(null, null, new Examples(positive, negative), Options.DEFAULT);
  }

  /** By nearness to records: {@link #like(List, List)} without negative ones. */
  public static Search like(RecordId... positive) {
    return like(List.of(positive), List.of());
  }

  private Search with(Options changed) {
    return new Search(vector, text, examples, changed);
  }

  public Search limit(int newLimit) {
    Options o = options;
    return with(
        new Options(
            o.fusion, newLimit, o.offset, o.filter, o.minScore, o.recall, o.diversity, o.verified));
  }

  /** Leaves out that many of the best hits. */
  public Search offset(int newOffset) {
    Options o = options;
    return with(
        new Options(
            o.fusion, o.limit, newOffset, o.filter, o.minScore, o.recall, o.diversity, o.verified));
  }

  /** Only records whose metadata match; a second call adds a condition. */
  public Search where(Filter condition) {
    Options o = options;
    Filter both = o.filter == null ? condition : Filter.and(o.filter, condition);
    return with(
        new Options(
            o.fusion, o.limit, o.offset, both, o.minScore, o.recall, o.diversity, o.verified));
  }

  public Search fusion(Fusion newFusion) {
    Options o = options;
    return with(
        new Options(
            newFusion, o.limit, o.offset, o.filter, o.minScore, o.recall, o.diversity, o.verified));
  }

  /** Only hits of at least this score. */
  public Search minScore(double score) {
    Options o = options;
    return with(
        new Options(
            o.fusion, o.limit, o.offset, o.filter, score, o.recall, o.diversity, o.verified));
  }

  /**
   * Which share of the nearest vectors is to be found, on average; the collection's {@link
   * CollectionConfig#recallTarget} unless given. Less is faster; 1 misses nothing.
   *
   * @param target above 0 and at most 1
   */
  public Search recall(double target) {
    Limits.checkRecall(target);
    Options o = options;
    return with(
        new Options(
            o.fusion, o.limit, o.offset, o.filter, o.minScore, target, o.diversity, o.verified));
  }

  /** Misses nothing: a {@link #recall(double) recall} of 1. */
  public Search exact() {
    return recall(1);
  }

  /**
   * Prefers hits that are unlike each other: of the {@link #DIVERSITY_POOL} times as many best (64
   * at least) takes one after the other, each time the one with the highest lambda · score - (1 -
   * lambda) · likeness to the most alike taken before; that is the hit's score. (Maximal marginal
   * relevance; Carbonell and Goldstein, SIGIR 1998.) Likeness is that of the stored vectors, under
   * the collection's metric; a record without a vector is like none, 0. The least score is asked of
   * the score before. Limit and offset are at most {@link Limits#MAX_DIVERSE_RESULTS} together.
   *
   * @param lambda 0 to 1; 1 orders by score alone
   */
  public Search diversity(double lambda) {
    if (!(lambda >= 0 && lambda <= 1)) {
      throw new InvalidInputException("invalid diversity: lambda=" + lambda + ", allowed=0..1");
    }
    Options o = options;
    return with(
        new Options(
            o.fusion, o.limit, o.offset, o.filter, o.minScore, o.recall, lambda, o.verified));
  }

  /**
   * Compares every hit with the record itself before it is returned: the vector's score with the
   * stored vector, and whether the text that was indexed is the stored one. An index that answers
   * otherwise is rebuilt, and the search fails with {@link StaleViewException}. (Rows themselves
   * are checked by their checksums with every reading, asked for or not.) Costs the reading of each
   * hit's vector. Such a search is never answered from the cache of searches.
   */
  public Search verified() {
    Options o = options;
    return with(
        new Options(
            o.fusion, o.limit, o.offset, o.filter, o.minScore, o.recall, o.diversity, true));
  }

  public Optional<float[]> vector() {
    return vector == null ? Optional.empty() : Optional.of(vector.clone());
  }

  public Optional<String> words() {
    return Optional.ofNullable(text);
  }

  /** The records that hits are to be like; empty unless this is a search by examples. */
  public List<RecordId> positive() {
    return examples.positive;
  }

  /** The records that hits are to be unlike. */
  public List<RecordId> negative() {
    return examples.negative;
  }

  public Fusion fusion() {
    return options.fusion;
  }

  public int limit() {
    return options.limit;
  }

  public int offset() {
    return options.offset;
  }

  public Optional<Filter> filter() {
    return Optional.ofNullable(options.filter);
  }

  public double minScore() {
    return options.minScore;
  }

  /** The recall asked for; empty for the collection's. */
  public OptionalDouble recall() {
    return options.recall == null ? OptionalDouble.empty() : OptionalDouble.of(options.recall);
  }

  /** The lambda of {@link #diversity(double)}; empty where hits may be alike. */
  public OptionalDouble diversity() {
    return options.diversity == null
        ? OptionalDouble.empty()
        : OptionalDouble.of(options.diversity);
  }

  /** Whether hits are compared with their records; see {@link #verified()}. */
  public boolean isVerified() {
    return options.verified;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Search that
        && Arrays.equals(vector, that.vector)
        && Objects.equals(text, that.text)
        && examples.equals(that.examples)
        && options.equals(that.options);
  }

  @Override
  public int hashCode() {
    return Objects.hash(Arrays.hashCode(vector), text, examples, options);
  }
}
