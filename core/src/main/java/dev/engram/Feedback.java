package dev.engram;

import java.util.List;

/**
 * What became of a recall: whether it helped, how much, and what of it was used. Immutable.
 *
 * @param operation of the recall; see {@link Recollection#operation}
 * @param success whether it helped
 * @param score how much, 0 to 1
 * @param used the memories that were used; empty for all that were found
 */
public record Feedback(RecordId operation, boolean success, double score, List<RecordId> used) {
  /** It helped, or not. */
  public static Feedback on(RecordId operation, boolean success) {
    return new Feedback(operation, success, success ? 1 : 0, List.of());
  }

  public Feedback {
    if (!(score >= 0 && score <= 1)) {
      throw new InvalidInputException("invalid feedback: score=" + score + ", allowed=0..1");
    }
    used = List.copyOf(used);
  }

  /** How much it helped. */
  public Feedback score(double newScore) {
    return new Feedback(operation, success, newScore, used);
  }

  /** Only these memories were used. */
  public Feedback used(List<RecordId> ids) {
    return new Feedback(operation, success, score, ids);
  }
}
