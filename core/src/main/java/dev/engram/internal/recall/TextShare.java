package dev.engram.internal.recall;

import dev.engram.RecallProfile;
import dev.engram.internal.text.TermTable;
import java.util.List;
import java.util.Locale;

/**
 * The share of the question's information that a memory's words match.
 *
 * <p>Alone: T(d) = Σ idf(t) · tf / (tf + k1 · (1 − b + b · length / average)) / Z with k1 = 0.9, b
 * = 0.3 and Z the information of the whole question ({@link TermTable#information}).
 *
 * <p>In context: CW(d) = Σ idf(t) · x / (x + k1) / Z with x the greatest, per term, of tf(d) and
 * the weighted tf of its neighbours. Each term counts once, wherever it stands nearest; whole
 * scores are never summed, which would reward long talk about one word (reference/recall.md,
 * section 1).
 */
public final class TextShare implements Measure {
  static final double K1 = 0.9;
  static final double B = 0.3;

  private final Scene scene;
  private final TermTable table;
  private final int[] tableRows;
  private final List<Double> before;
  private final List<Double> after;

  /**
   * @param profile whose context counts
   * @param table the terms of the question in the memories of the scene
   */
  public TextShare(Scene scene, TermTable table, RecallProfile profile) {
    this.scene = scene;
    this.table = table;
    this.before = profile.before();
    this.after = profile.after();
    this.tableRows = new int[scene.size()];
    for (int row = 0; row < tableRows.length; row++) {
      tableRows[row] = table.row(scene.ordinal(row));
    }
  }

  TermTable table() {
    return table;
  }

  int count(int term, int row) {
    return table.count(term, tableRows[row]);
  }

  int length(int row) {
    return table.length(tableRows[row]);
  }

  @Override
  public double of(int row) {
    if (before.isEmpty() && after.isEmpty()) {
      return alone(row);
    }
    double sum = 0;
    for (int term = 0; term < table.terms().size(); term++) {
      double x = inContext(term, row);
      sum += table.idf(term) * x / (x + K1);
    }
    return shareOf(sum);
  }

  /** T: what the memory matches by its own words. */
  double alone(int row) {
    double sum = 0;
    for (int term = 0; term < table.terms().size(); term++) {
      sum += alone(term, row);
    }
    return shareOf(sum);
  }

  private double alone(int term, int row) {
    int tf = count(term, row);
    double length = length(row) / table.averageLength();
    return tf == 0 ? 0 : table.idf(term) * tf / (tf + K1 * (1 - B + B * length));
  }

  private double shareOf(double sum) {
    return sum == 0 ? 0 : sum / table.information();
  }

  private double inContext(int term, int row) {
    double most = count(term, row);
    for (int steps = 1; steps <= before.size(); steps++) {
      most = Math.max(most, weighted(term, scene.before(row, steps), before.get(steps - 1)));
    }
    for (int steps = 1; steps <= after.size(); steps++) {
      most = Math.max(most, weighted(term, scene.after(row, steps), after.get(steps - 1)));
    }
    return most;
  }

  private double weighted(int term, int row, double weight) {
    return row == Chronicle.NONE ? 0 : weight * count(term, row);
  }

  @Override
  public String detail(int row) {
    StringBuilder out = new StringBuilder();
    for (int term = 0; term < table.terms().size(); term++) {
      double x = inContext(term, row);
      if (x > 0) {
        boolean own = before.isEmpty() && after.isEmpty();
        double part = own ? alone(term, row) : table.idf(term) * x / (x + K1);
        out.append(out.isEmpty() ? "" : ", ")
            .append(String.format(Locale.ROOT, "%s %.3f", table.terms().get(term), shareOf(part)))
            .append(count(term, row) == x ? "" : " (nearby)");
      }
    }
    return out.toString();
  }
}
