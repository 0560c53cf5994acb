package dev.engram;

import java.util.List;

/**
 * Why a hit has its score: the score is the sum of the contributions' amounts.
 *
 * @param contributions one for each arm that was asked, also those that gave nothing
 * @param notes what the reader should know, such as an arm that could not be asked
 */
public record Explanation(List<Contribution> contributions, List<String> notes) {
  /**
   * The part of one arm.
   *
   * @param arm {@code text} or {@code vector}; {@code diversity} for what likeness to a better hit
   *     costs
   * @param raw what the arm measured, on its own scale
   * @param weight what it was multiplied by
   * @param amount what it added to the score
   * @param detail the measure in words, such as the terms that matched
   */
  public record Contribution(String arm, double raw, double weight, double amount, String detail) {}

  public Explanation {
    contributions = List.copyOf(contributions);
    notes = List.copyOf(notes);
  }

  /** The sum of the amounts. */
  public double total() {
    return contributions.stream().mapToDouble(Contribution::amount).sum();
  }
}
