package dev.engram;

import dev.engram.Recall.Arm;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How a space is recalled: which arms count how much, and how much of what was said before and
 * after a memory counts as its own. Immutable. {@link #NOTES} and {@link #CONVERSATION} are
 * measured recipes; every number of them can be changed in a copy.
 *
 * <p>An arm has two weights, because what is worth asking depends on what else is asked: one where
 * there are vectors to compare, and one where there are none.
 */
public final class RecallProfile {
  /**
   * For memories that stand alone: words, and, where there are vectors, the similarity of the
   * question (weight 1). What content leaves open, association and use decide.
   */
  public static final RecallProfile NOTES =
      new RecallProfile("notes", List.of(), List.of(), notes(), Cues.NONE, Cues.NONE);

  /**
   * For what was said one after the other in sessions, by speakers who are named.
   *
   * <p>The context is half of what was said just before, 0.3 of what was said before that, and 0.2
   * of each of the two that follow.
   */
  public static final RecallProfile CONVERSATION =
      new RecallProfile(
          "conversation",
          List.of(0.5, 0.3),
          List.of(0.2, 0.2),
          conversation(),
          new Cues(-0.048, 0.14, 0.052),
          new Cues(-0.096, 0, 0.066));

  private static final int MAX_CONTEXT = 2;

  private final String name;
  private final List<Double> before;
  private final List<Double> after;
  private final Map<Arm, Weights> weights;
  private final Cues cuesOfWords;
  private final Cues cuesWithVectors;

  /** An arm's weight without and with vectors. */
  private record Weights(double ofWords, double withVectors) {}

  /**
   * What the cues in a memory's text count, where the space's language has them (English has all,
   * most languages the first).
   *
   * @param asking it asks something, so it is unlikely to answer
   * @param tellingATime the question asks when, and it tells a time
   * @param tellingADeed the question names who said it, and it tells what he or she did
   */
  public record Cues(double asking, double tellingATime, double tellingADeed) {
    /** Cues do not count. */
    public static final Cues NONE = new Cues(0, 0, 0);
  }

  private RecallProfile(
      String name,
      List<Double> before,
      List<Double> after,
      Map<Arm, Weights> weights,
      Cues cuesOfWords,
      Cues cuesWithVectors) {
    this.name = name;
    this.before = List.copyOf(before);
    this.after = List.copyOf(after);
    this.weights = weights;
    this.cuesOfWords = cuesOfWords;
    this.cuesWithVectors = cuesWithVectors;
  }

  private static Map<Arm, Weights> notes() {
    Map<Arm, Weights> weights = none();
    weights.put(Arm.TEXT, new Weights(1, 1));
    weights.put(Arm.VECTOR, new Weights(1, 1));
    putLife(weights);
    return weights;
  }

  private static Map<Arm, Weights> conversation() {
    Map<Arm, Weights> weights = none();
    weights.put(Arm.TEXT, new Weights(1, 1));
    weights.put(Arm.VECTOR, new Weights(0.82, 0.82));
    weights.put(Arm.ANSWER, new Weights(0.4, 0));
    weights.put(Arm.SESSION, new Weights(0.24, 0));
    weights.put(Arm.TIME, new Weights(0.3, 0.37));
    weights.put(Arm.SPEAKER, new Weights(0.086, 0.12));
    weights.put(Arm.CUES, new Weights(1, 1));
    putLife(weights);
    return weights;
  }

  /** Of two that match equally the better kept one is first; more than .08 that never counts. */
  private static void putLife(Map<Arm, Weights> weights) {
    weights.put(Arm.ASSOCIATION, new Weights(0.2, 0.2));
    weights.put(Arm.IMPORTANCE, new Weights(0.04, 0.04));
    weights.put(Arm.RECENCY, new Weights(0.02, 0.02));
    weights.put(Arm.REINFORCEMENT, new Weights(0.02, 0.02));
  }

  private static Map<Arm, Weights> none() {
    Map<Arm, Weights> weights = new EnumMap<>(Arm.class);
    for (Arm arm : Arm.values()) {
      weights.put(arm, new Weights(0, 0));
    }
    return weights;
  }

  /** The same under another name. */
  public RecallProfile named(String newName) {
    return new RecallProfile(newName, before, after, weights, cuesOfWords, cuesWithVectors);
  }

  /** Another weight of an arm, with vectors and without; 0 leaves it out. */
  public RecallProfile weight(Arm arm, double weight) {
    Recall.checkWeight(arm, weight);
    Map<Arm, Weights> changed = new EnumMap<>(weights);
    changed.put(arm, new Weights(weight, weight));
    return new RecallProfile(name, before, after, changed, cuesOfWords, cuesWithVectors);
  }

  /**
   * Another context: what the memories before and after one in its session count beside it, the
   * nearest first. Empty lists take each memory alone.
   *
   * @param newBefore at most two, each from 0 to 1
   * @param newAfter at most two, each from 0 to 1
   */
  public RecallProfile context(List<Double> newBefore, List<Double> newAfter) {
    checkContext("before", newBefore);
    checkContext("after", newAfter);
    return new RecallProfile(name, newBefore, newAfter, weights, cuesOfWords, cuesWithVectors);
  }

  /** Other cues, with vectors and without. */
  public RecallProfile cues(Cues cues) {
    return new RecallProfile(name, before, after, weights, cues, cues);
  }

  public String name() {
    return name;
  }

  /** What an arm's measure is multiplied by. */
  public double weight(Arm arm, boolean withVectors) {
    Weights both = Objects.requireNonNull(weights.get(arm));
    return withVectors ? both.withVectors() : both.ofWords();
  }

  /** What the memories before one count, the nearest first. */
  public List<Double> before() {
    return before;
  }

  /** What the memories after one count, the nearest first. */
  public List<Double> after() {
    return after;
  }

  /** Whether neighbours count at all. */
  public boolean hasContext() {
    return !before.isEmpty() || !after.isEmpty();
  }

  public Cues cues(boolean withVectors) {
    return withVectors ? cuesWithVectors : cuesOfWords;
  }

  @Override
  public String toString() {
    return name;
  }

  private static void checkContext(String side, List<Double> weights) {
    if (weights.size() > MAX_CONTEXT || !weights.stream().allMatch(w -> w >= 0 && w <= 1)) {
      throw new InvalidInputException(
          "invalid recall profile: "
              + side
              + "="
              + weights
              + ", allowed=up to "
              + MAX_CONTEXT
              + " weights of 0..1");
    }
  }
}
