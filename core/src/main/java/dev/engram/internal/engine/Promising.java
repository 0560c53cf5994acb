package dev.engram.internal.engine;

import dev.engram.Recall.Arm;
import dev.engram.RecallProfile;
import dev.engram.internal.engine.CandidateFinder.Candidates;
import dev.engram.internal.recall.Chronicle;
import dev.engram.internal.recall.Scene;
import dev.engram.internal.recall.Scoring;
import java.util.Arrays;
import java.util.Map;

/**
 * Which candidates may be among the best once their vectors are compared: by their other scores,
 * and what is to be expected of their similarity, as far as the nearest vectors tell.
 */
final class Promising {
  /** So many candidates, at least, have their vectors read. */
  private static final int LEAST = 128;

  /** This many times the limit have their vectors read. */
  private static final int FACTOR = 2;

  /** The length of a vector mixed with its neighbours, about. */
  private static final double MIXED_LENGTH = 1.5;

  private final Scene scene;
  private final Map<Integer, Double> known;
  private final RecallProfile profile;
  private final double farthest;

  private Promising(Candidates candidates, RecallQuestion question) {
    this.scene = candidates.scene();
    this.known = candidates.similarities();
    this.profile = question.profile();
    this.farthest = known.values().stream().mapToDouble(d -> d).min().orElse(0);
  }

  /** Some candidates; all where there are few. */
  static int[] of(Scoring scoring, RecallQuestion question, Candidates candidates, int limit) {
    int[] rows = candidates.scene().candidates();
    int count = Math.max(LEAST, FACTOR * limit);
    if (rows.length <= count) {
      return rows;
    }
    Promising promising = new Promising(candidates, question);
    double[] scores = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      double similarity = question.weight(Arm.VECTOR) * promising.expected(rows[i]);
      scores[i] = scoring.score(rows[i]) + similarity;
    }
    return best(rows, scores, count);
  }

  private double expected(int row) {
    if (!profile.hasContext()) {
      return similarity(row);
    }
    double sum = similarity(row);
    for (int steps = 1; steps <= profile.before().size(); steps++) {
      sum += profile.before().get(steps - 1) * similarity(scene.before(row, steps));
    }
    for (int steps = 1; steps <= profile.after().size(); steps++) {
      sum += profile.after().get(steps - 1) * similarity(scene.after(row, steps));
    }
    return sum / MIXED_LENGTH;
  }

  private double similarity(int row) {
    return row == Chronicle.NONE ? 0 : known.getOrDefault(scene.ordinal(row), farthest);
  }

  /** Some rows of the highest scores; of equal ones the first. */
  private static int[] best(int[] rows, double[] scores, int count) {
    double[] ascending = scores.clone();
    Arrays.sort(ascending);
    double least = ascending[ascending.length - count];
    int better = 0;
    for (double score : scores) {
      better += score > least ? 1 : 0;
    }
    int[] best = new int[count];
    int equal = count - better;
    int taken = 0;
    for (int i = 0; i < rows.length; i++) {
      if (scores[i] > least || (scores[i] == least && equal-- > 0)) {
        best[taken++] = rows[i];
      }
    }
    return best;
  }
}
