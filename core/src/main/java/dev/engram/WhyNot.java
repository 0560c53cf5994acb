package dev.engram;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What kept a memory out of the answer to a recall, or at which place it is in it.
 *
 * @param id the memory
 * @param verdict what kept it out
 * @param rank its place among the hits, from 1; empty where it is none
 * @param score its score, computed exactly; empty where it could not be an answer at all
 * @param leastScore the score of the last hit; empty where there are no hits
 * @param explanation each arm's part of its score
 */
public record WhyNot(
    RecordId id,
    Verdict verdict,
    OptionalInt rank,
    OptionalDouble score,
    OptionalDouble leastScore,
    Optional<Explanation> explanation) {
  /** What kept it out. */
  public enum Verdict {
    /** Nothing: it is a hit. */
    FOUND,
    /** There is no memory of this id. */
    NOT_THERE,
    /** It has expired. */
    EXPIRED,
    /** Its metadata do not match the filter. */
    FILTERED,
    /** It does not hold at the moment that is asked for: not yet, or not any more. */
    NOT_HOLDING,
    /** It is not of the time that is asked for. */
    OUTSIDE_TIME,
    /** Its like is asked for, not itself. */
    ITSELF,
    /** No arm finds anything in it. */
    NOTHING_IN_COMMON,
    /** Its score is below the least that is asked for. */
    BELOW_MIN_SCORE,
    /** The hits have higher scores; a higher limit would reach it. */
    OUTRANKED,
    /** Its score would do, but no arm offered it: in a large space each offers only its best. */
    MISSED
  }

  /** The verdict in a sentence. */
  public String reason() {
    return switch (verdict) {
      case FOUND -> "it is hit number " + rank.orElse(0);
      case NOT_THERE -> "there is no memory of this id";
      case EXPIRED -> "it has expired";
      case FILTERED -> "its metadata do not match the filter";
      case NOT_HOLDING -> "it does not hold at the moment that is asked for";
      case OUTSIDE_TIME -> "it is not of the time that is asked for";
      case ITSELF -> "its like is asked for, not itself";
      case NOTHING_IN_COMMON -> "it has nothing in common with the question";
      case BELOW_MIN_SCORE -> "its score " + number(score) + " is below the least asked for";
      case OUTRANKED ->
          "its score " + number(score) + " is below that of the last hit, " + number(leastScore);
      case MISSED ->
          "its score "
              + number(score)
              + " would do, but no arm offered it; ask for more, or exactly";
    };
  }

  private static String number(OptionalDouble value) {
    return value.isEmpty() ? "-" : String.format(Locale.ROOT, "%.3f", value.getAsDouble());
  }
}
