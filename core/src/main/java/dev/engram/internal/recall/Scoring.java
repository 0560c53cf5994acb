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
 * <p>What costs much to measure, or is measured of the best only, is added later: {@link
 * #contenders} tells of which memories it can matter.
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

  /**
   * The rows that are found and may be among the best once something is added to each, best first.
   *
   * @param limit how many the best are
   * @param headroom what will be added at most
   * @param most rows that are given at most
   */
  public int[] contenders(int[] rows, int limit, double headroom, int most) {
    Scored[] all = sorted(rows);
    double least = all.length > limit ? all[limit - 1].score - headroom : Double.NEGATIVE_INFINITY;
    return Arrays.stream(all)
        .limit(most)
        .takeWhile(scored -> scored.score >= least)
        .mapToInt(Scored::row)
        .toArray();
  }

  /** The best of some rows that are found, best first. */
  public List<Ranked> best(int[] rows, int limit, double minScore) {
    return Arrays.stream(sorted(rows))
        .limit(limit)
        .takeWhile(scored -> scored.score >= minScore)
        .map(scored -> ranked(scored.row))
        .toList();
  }

  private Scored[] sorted(int[] rows) {
    return Arrays.stream(rows)
        .filter(this::isFound)
        .mapToObj(row -> new Scored(row, score(row)))
        .sorted()
        .toArray(Scored[]::new);
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
