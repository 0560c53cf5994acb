package dev.engram.internal.recall;

import dev.engram.Explanation.Contribution;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Joins the rankings of several arms. Ties go to the lower ordinal: what was stored earlier. */
public final class Ranking {
  private Ranking() {}

  /**
   * A result: the score is the sum of the contributions.
   *
   * @param ordinal of the record
   * @param score higher is better
   * @param contributions one for each arm
   */
  public record Ranked(int ordinal, double score, List<Contribution> contributions) {
    static final Comparator<Ranked> BEST_FIRST =
        Comparator.comparingDouble(Ranked::score).reversed().thenComparingInt(Ranked::ordinal);
  }

  /** Σ weight · score. An ordinal that an arm does not hold scores 0 there. */
  public static List<Ranked> weightedSum(List<Arm> arms) {
    List<Ranked> ranked = new ArrayList<>();
    for (int ordinal : ordinals(arms)) {
      List<Contribution> parts = new ArrayList<>(arms.size());
      for (Arm arm : arms) {
        double raw = arm.scores().getOrDefault(ordinal, 0.0);
        parts.add(new Contribution(arm.name(), raw, arm.weight(), raw * arm.weight(), ""));
      }
      ranked.add(new Ranked(ordinal, total(parts), parts));
    }
    ranked.sort(Ranked.BEST_FIRST);
    return ranked;
  }

  /**
   * Reciprocal rank fusion: Σ weight / (k + rank), ranks from 1; an arm that does not hold an
   * ordinal gives nothing (Cormack, Clarke and Büttcher, SIGIR 2009).
   */
  public static List<Ranked> reciprocalRank(List<Arm> arms, int k) {
    Map<Integer, List<Contribution>> parts = new TreeMap<>();
    ordinals(arms).forEach(ordinal -> parts.put(ordinal, new ArrayList<>()));
    for (Arm arm : arms) {
      Map<Integer, Integer> ranks = ranks(arm);
      parts.forEach((ordinal, list) -> list.add(byRank(arm, ranks.get(ordinal), ordinal, k)));
    }
    List<Ranked> ranked = new ArrayList<>();
    parts.forEach((ordinal, list) -> ranked.add(new Ranked(ordinal, total(list), list)));
    ranked.sort(Ranked.BEST_FIRST);
    return ranked;
  }

  /** The best of several rankings whose scores are on one scale and which share no ordinal. */
  public static List<Ranked> best(List<List<Ranked>> rankings, int limit) {
    return rankings.size() == 1
        ? rankings.getFirst()
        : rankings.stream().flatMap(List::stream).sorted(Ranked.BEST_FIRST).limit(limit).toList();
  }

  private static Contribution byRank(
      Arm arm, @org.jspecify.annotations.Nullable Integer rank, int ordinal, int k) {
    if (rank == null) {
      return new Contribution(arm.name(), 0, arm.weight(), 0, "not found");
    }
    double share = 1.0 / (k + rank);
    return new Contribution(
        arm.name(),
        arm.scores().getOrDefault(ordinal, 0.0),
        arm.weight(),
        arm.weight() * share,
        "rank " + rank);
  }

  private static Map<Integer, Integer> ranks(Arm arm) {
    Map<Integer, Integer> ranks = new LinkedHashMap<>();
    for (int ordinal : arm.scores().keySet()) {
      ranks.put(ordinal, ranks.size() + 1);
    }
    return ranks;
  }

  private static Set<Integer> ordinals(List<Arm> arms) {
    Set<Integer> all = new LinkedHashSet<>();
    arms.forEach(arm -> all.addAll(arm.scores().keySet()));
    return all;
  }

  private static double total(List<Contribution> parts) {
    double sum = 0;
    for (Contribution part : parts) {
      sum += part.amount();
    }
    return sum;
  }
}
