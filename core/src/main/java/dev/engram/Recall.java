package dev.engram;

import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A question to a memory space. The score of a memory is the weighted sum of its arms, each on an
 * absolute scale that does not depend on what else is found. Immutable; the limit is 10, the {@link
 * RecallProfile} gives the weights, and unless it is given, the space chooses it.
 */
public final class Recall {
  /** The ways in which a memory can be found, or preferred. */
  public enum Arm {
    /**
     * Words: the share of the question's information that the memory's words match (BM25), 0 to 1;
     * in a conversation with those of the memories around it.
     */
    TEXT,

    /**
     * Meaning: the cosine of the embedded question and the memory's vector, in a conversation mixed
     * with those around it.
     */
    VECTOR,

    /** The memory follows a question that matches better than itself; by how much, 0 to 1. */
    ANSWER,

    /** The share of the question's information that the memory's whole session matches, 0 to 1. */
    SESSION,

    /** How well the memory's event time matches a date that the question names, 0 to 1. */
    TIME,

    /**
     * The question names who said it. 1 where it says little else; less, the more words it gives to
     * go by.
     */
    SPEAKER,

    /** What its text shows of it: {@link RecallProfile.Cues}. */
    CUES,

    /**
     * The memory is associated with what the other arms find best: the activation that reaches it
     * along synapses, 0 to 1. Where the space has no synapses it is not asked.
     */
    ASSOCIATION,

    /** How important the memory is now, 0 to 1. Like the next two it finds nothing by itself. */
    IMPORTANCE,

    /** How lately the memory was used: 1 on that day, and half of it in every 30 days. */
    RECENCY,

    /** How often the memory was used since it was learned: n / (n + 10). */
    REINFORCEMENT;

    /** Whether it tells how a memory is kept and used, and nothing of what it says. */
    public boolean isOfUse() {
      return this == IMPORTANCE || this == RECENCY || this == REINFORCEMENT;
    }
  }

  /** What being recalled does to a memory. */
  public enum Use {
    /** Nothing. */
    UNTOUCHED,
    /** It is counted, soon after: access count and last access. */
    COUNTED,
    /**
     * It is counted, and the synapses between the memories that are found together are
     * strengthened, soon after.
     */
    REINFORCED
  }

  /** The characters of a token, on average, unless another number is given. */
  public static final double CHARACTERS_PER_TOKEN = 4;

  private final Parts parts;

  private Recall(Parts parts) {
    if (parts.limit < 1 || parts.limit > Limits.MAX_RESULTS) {
      throw new InvalidInputException(
          "invalid recall: limit=" + parts.limit + ", allowed=1.." + Limits.MAX_RESULTS);
    }
    Instant from = parts.from;
    Instant until = parts.until;
    if (from != null && until != null && !from.isBefore(until)) {
      throw new InvalidInputException(
          "invalid recall: from=" + from + ", until=" + until + "; give an earlier and a later");
    }
    this.parts = parts;
  }

  /** What a recall consists of; never changed once it is part of one. */
  private static final class Parts {
    private String text = "";
    private @Nullable RecordId like;
    private float @Nullable [] vector;
    private int limit = 10;
    private @Nullable Filter filter;
    private @Nullable RecallProfile profile;
    private final EnumMap<Arm, Double> weights = new EnumMap<>(Arm.class);
    private double minScore = Double.NEGATIVE_INFINITY;
    private @Nullable Double recall;
    private @Nullable Instant from;
    private @Nullable Instant until;
    private int tokens;
    private double charactersPerToken = CHARACTERS_PER_TOKEN;
    private Use use = Use.COUNTED;
    private @Nullable Instant validAt;
    private boolean anyValidity;
    private boolean primed;

    private Parts copy() {
      Parts copy = new Parts();
      copy.text = text;
      copy.like = like;
      copy.vector = vector;
      copy.limit = limit;
      copy.filter = filter;
      copy.profile = profile;
      copy.weights.putAll(weights);
      copy.minScore = minScore;
      copy.recall = recall;
      copy.from = from;
      copy.until = until;
      copy.tokens = tokens;
      copy.charactersPerToken = charactersPerToken;
      copy.use = use;
      copy.validAt = validAt;
      copy.anyValidity = anyValidity;
      copy.primed = primed;
      return copy;
    }
  }

  private Recall with(Consumer<Parts> change) {
    Parts changed = parts.copy();
    change.accept(changed);
    return new Recall(changed);
  }

  /** A question or a topic in words. */
  public static Recall about(String text) {
    Parts parts = new Parts();
    parts.text = text;
    return new Recall(parts);
  }

  /**
   * What is near a vector, which was made as those of the space were; with {@link #vector} a
   * question in words can have one too.
   */
  public static Recall near(float[] vector) {
    return about("").vector(vector);
  }

  /** What is like a memory of the space, by its text and its vector; itself left out. */
  public static Recall like(RecordId id) {
    Parts parts = new Parts();
    parts.like = id;
    return new Recall(parts);
  }

  /**
   * The vector of the question, instead of one that the embedder makes of its words.
   *
   * @param vector of the dimension of the space's vectors
   */
  public Recall vector(float[] vector) {
    float[] copy = vector.clone();
    return with(p -> p.vector = copy);
  }

  public Recall limit(int newLimit) {
    return with(p -> p.limit = newLimit);
  }

  /** Only memories whose metadata match; a second call adds a condition. */
  public Recall where(Filter condition) {
    return with(p -> p.filter = p.filter == null ? condition : Filter.and(p.filter, condition));
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

  /**
   * Only memories of this time: their event time, or, where they have none, when they were learned.
   *
   * @param from the first instant
   * @param until the first instant that is too late
   */
  public Recall between(Instant from, Instant until) {
    return since(from).until(until);
  }

  /** Only memories from this instant on, as {@link #between} tells their time. */
  public Recall since(Instant from) {
    Limits.checkEventTime(from);
    return with(p -> p.from = from);
  }

  /** Only memories before this instant, as {@link #between} tells their time. */
  public Recall until(Instant until) {
    Limits.checkEventTime(until);
    return with(p -> p.until = until);
  }

  /** The weights and the context to recall by, instead of what the space chooses. */
  public Recall profile(RecallProfile profile) {
    return with(p -> p.profile = profile);
  }

  /** The weight of an arm, in place of the profile's; 0 leaves the arm out. */
  public Recall weight(Arm arm, double weight) {
    checkWeight(arm, weight);
    return with(p -> p.weights.put(arm, weight));
  }

  static void checkWeight(Arm arm, double weight) {
    if (!(weight >= 0) || weight > 1e6) {
      throw new InvalidInputException(
          "invalid recall: arm=" + arm + ", weight=" + weight + ", allowed=0..1e6");
    }
  }

  /** Only memories of at least this score. */
  public Recall minScore(double score) {
    if (Double.isNaN(score)) {
      throw new InvalidInputException("invalid recall: minScore=NaN; give a number");
    }
    return with(p -> p.minScore = score);
  }

  /**
   * Which share of the nearest vectors the vector arm is to find, on average; the space's unless
   * given. Less is faster; 1 misses nothing.
   *
   * @param target above 0 and at most 1
   */
  public Recall recall(double target) {
    Limits.checkRecall(target);
    return with(p -> p.recall = target);
  }

  /** The vector arm misses nothing: a {@link #recall(double) recall} of 1. */
  public Recall exact() {
    return recall(1);
  }

  /**
   * Fills a context: of the best memories, up to {@link Limits#MAX_PACKED}, as many as fit into
   * some tokens, the most useful first, and none that says nearly what another one says. Tokens are
   * estimated, at {@value #CHARACTERS_PER_TOKEN} characters each.
   *
   * @param budget from 1
   */
  public Recall tokens(int budget) {
    return tokens(budget, CHARACTERS_PER_TOKEN);
  }

  /**
   * As {@link #tokens(int)}, with another estimate.
   *
   * @param budget from 1
   * @param charactersPerToken above 0
   */
  public Recall tokens(int budget, double charactersPerToken) {
    if (budget < 1 || !(charactersPerToken > 0)) {
      throw new InvalidInputException(
          "invalid recall: tokens="
              + budget
              + ", charactersPerToken="
              + charactersPerToken
              + "; give 1 token or more, of more than 0 characters");
    }
    return with(p -> {
      p.tokens = budget;
      p.charactersPerToken = charactersPerToken;
      p.limit = Limits.MAX_PACKED;
    });
  }

  /**
   * What held at that moment, as it is known today, instead of what holds now. How memories are
   * used today does not count then, unless it is given a weight: {@link Arm#isOfUse}.
   */
  public Recall validAt(Instant moment) {
    Limits.checkEventTime(moment);
    return with(p -> {
      p.validAt = moment;
      p.anyValidity = false;
    });
  }

  /** Also what does not hold any more, such as what was superseded, or not yet. */
  public Recall anyValidity(boolean any) {
    return with(p -> p.anyValidity = any);
  }

  /**
   * What is in working memory brings to mind what it is associated with, half as much as a perfect
   * match would: {@link Arm#ASSOCIATION}.
   */
  public Recall primed(boolean byWorkingMemory) {
    return with(p -> p.primed = byWorkingMemory);
  }

  /** What is found is not even counted. */
  public Recall untouched() {
    return with(p -> p.use = Use.UNTOUCHED);
  }

  /** What is found together is strengthened together; without this it is only counted. */
  public Recall reinforce() {
    return with(p -> p.use = Use.REINFORCED);
  }

  /** The moment at which what is found held; empty for now. */
  public Optional<Instant> validAt() {
    return Optional.ofNullable(parts.validAt);
  }

  /** Whether it does not matter when something holds. */
  public boolean anyValidity() {
    return parts.anyValidity;
  }

  /** Whether working memory counts. */
  public boolean primed() {
    return parts.primed;
  }

  /** What being recalled does to what is found. */
  public Use use() {
    return parts.use;
  }

  /** The question; empty where {@link #like()} or {@link #near} is asked for. */
  public String text() {
    return parts.text;
  }

  /** The vector that was given; a copy. */
  public Optional<float[]> vector() {
    return Optional.ofNullable(parts.vector).map(float[]::clone);
  }

  /** The memory whose like is asked for. */
  public Optional<RecordId> like() {
    return Optional.ofNullable(parts.like);
  }

  public int limit() {
    return parts.limit;
  }

  public Optional<Filter> filter() {
    return Optional.ofNullable(parts.filter);
  }

  /** The profile asked for; empty for what the space chooses. */
  public Optional<RecallProfile> profile() {
    return Optional.ofNullable(parts.profile);
  }

  /** The weight asked for; empty for the profile's. */
  public OptionalDouble weight(Arm arm) {
    Double weight = parts.weights.get(arm);
    return weight == null ? OptionalDouble.empty() : OptionalDouble.of(weight);
  }

  /** The weights asked for. */
  public Map<Arm, Double> weights() {
    return Map.copyOf(parts.weights);
  }

  public double minScore() {
    return parts.minScore;
  }

  /** The recall asked for; empty for the space's. */
  public OptionalDouble recall() {
    return parts.recall == null ? OptionalDouble.empty() : OptionalDouble.of(parts.recall);
  }

  /** The first instant asked for. */
  public Optional<Instant> from() {
    return Optional.ofNullable(parts.from);
  }

  /** The first instant that is too late. */
  public Optional<Instant> until() {
    return Optional.ofNullable(parts.until);
  }

  /** The tokens to be filled. */
  public OptionalInt tokens() {
    return parts.tokens == 0 ? OptionalInt.empty() : OptionalInt.of(parts.tokens);
  }

  /** How many characters count as a token. */
  public double charactersPerToken() {
    return parts.charactersPerToken;
  }
}
