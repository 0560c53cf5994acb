package dev.engram.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * The mean share of the evidence that is found among the first k memories, overall and for each
 * category of questions. Not thread-safe.
 */
final class RecallScore {
  /** The depths at which recall is measured. */
  static final List<Integer> DEPTHS = List.of(5, 10, 25, 50);

  /** How many memories to ask for. */
  static final int DEEPEST = DEPTHS.getLast();

  private static final Map<Integer, String> CATEGORIES =
      Map.of(1, "multi-hop", 2, "temporal", 3, "open-domain", 4, "single-hop", 5, "adversarial");

  private final String name;
  private final Sums overall = new Sums();
  private final TreeMap<Integer, Sums> categories = new TreeMap<>();

  RecallScore(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  int questions() {
    return overall.questions;
  }

  /** Adds a question with evidence and the ids that were found, best first. */
  void add(Conversation.Question question, List<String> found) {
    overall.add(question, found);
    categories.computeIfAbsent(question.category(), _ -> new Sums()).add(question, found);
  }

  void print(PrintStream out) {
    out.printf(Locale.ROOT, "%-32s %9s", name, "questions");
    DEPTHS.forEach(depth -> out.printf(Locale.ROOT, " %6s", "@" + depth));
    out.println();
    row(out, "overall", overall);
    categories.forEach((category, sums) -> row(out, label(category), sums));
  }

  /** The mean share at a depth, in percent. */
  double percent(int depth) {
    return overall.percent(DEPTHS.indexOf(depth));
  }

  /** The mean shares at a depth, in percent, by category. */
  ObjectNode categories(int depth) {
    ObjectNode node = Json.object();
    categories.forEach((category, sums) ->
        node.put(label(category), Math.round(100 * sums.percent(DEPTHS.indexOf(depth))) / 100.0));
    return node;
  }

  private static String label(int category) {
    String name = CATEGORIES.get(category);
    return name == null ? "category " + category : category + " " + name;
  }

  private static void row(PrintStream out, String label, Sums sums) {
    out.printf(Locale.ROOT, "  %-30s %9d", label, sums.questions);
    for (int i = 0; i < DEPTHS.size(); i++) {
      out.printf(Locale.ROOT, " %6.1f", sums.percent(i));
    }
    out.println();
  }

  /** The sums of some questions. */
  private static final class Sums {
    private final double[] shares = new double[DEPTHS.size()];
    private int questions;

    void add(Conversation.Question question, List<String> found) {
      questions++;
      for (int i = 0; i < shares.length; i++) {
        List<String> first = found.subList(0, Math.min(found.size(), DEPTHS.get(i)));
        long hits = question.evidence().stream().filter(first::contains).count();
        shares[i] += (double) hits / question.evidence().size();
      }
    }

    double percent(int index) {
      return 100 * shares[index] / questions;
    }
  }
}
