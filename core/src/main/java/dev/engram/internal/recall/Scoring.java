package dev.engram.internal.recall;

import dev.engram.Explanation.Contribution;
import dev.engram.internal.recall.Ranking.Ranked;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * score(d) = Σ weight · measure over the arms. Of equal scores the older memory is first. Not
 * thread-safe.
 *
 * <p>This is where a score is made: what is to change it afterwards within bounds, such as
 * importance or recency, belongs into {@link #score} and, as a contribution of its own, into {@link
 * #ranked}, so that the amounts still add up.
 */
public final class Scoring {
  private final Scene scene;
  private final List<Part> parts = new ArrayList<>();

  public Scoring(Scene scene) {
    this.scene = scene;
  }

  /**
   * An arm.
   *
   * @param finds whether a memory that has something of it is an answer; what merely prefers some
   *     answers to others finds none
   */
  private record Part(String arm, double weight, boolean finds, Measure measure) {}

  /** Adds an arm; a weight of 0 leaves it out. */
  public void add(String arm, double weight, boolean finds, Measure measure) {
    if (weight != 0) {
      parts.add(new Part(arm, weight, finds, measure));
    }
  }

  /** The score of a row. */
  public double score(int row) {
    double sum = 0;
    for (Part part : parts) {
      sum += part.weight * part.measure.of(row);
    }
    return sum;
  }

  /** Whether any arm finds a row. */
  public boolean isFound(int row) {
    for (Part part : parts) {
      if (part.finds && part.measure.finds(row)) {
        return true;
      }
    }
    return false;
  }

  /** The best of some rows that are found, best first. */
  public List<Ranked> best(int[] rows, int limit, double minScore) {
    Scored[] all =
        Arrays.stream(rows)
            .filter(this::isFound)
            .mapToObj(row -> new Scored(row, score(row)))
            .filter(scored -> scored.score >= minScore)
            .sorted()
            .toArray(Scored[]::new);
    List<Ranked> ranked = new ArrayList<>();
    for (int i = 0; i < Math.min(limit, all.length); i++) {
      ranked.add(ranked(all[i].row));
    }
    return ranked;
  }

  /** A row with the contribution of each arm. */
  public Ranked ranked(int row) {
    List<Contribution> contributions = new ArrayList<>(parts.size());
    double sum = 0;
    for (Part part : parts) {
      double raw = part.measure.of(row);
      double amount = part.weight * raw;
      sum += amount;
      contributions.add(
          new Contribution(part.arm, raw, part.weight, amount, part.measure.detail(row)));
    }
    return new Ranked(scene.ordinal(row), sum, contributions);
  }

  private record Scored(int row, double score) implements Comparable<Scored> {
    @Override
    public int compareTo(Scored other) {
      int byScore = Double.compare(other.score, score);
      return byScore != 0 ? byScore : Integer.compare(row, other.row);
    }
  }
}
