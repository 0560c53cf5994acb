package dev.engram.cli;

import dev.engram.Recall.Arm;
import dev.engram.cli.RecallMode.Bounds;
import dev.engram.cli.RecallMode.Variant;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The figures of recall and the budgets that they are held against. */
record RecallReport(int conversations, int turns, List<RecallMode> modes) {
  private static final int BOUND_DEPTH = 10;

  int questions() {
    return modes.getFirst().whole().questions();
  }

  /** Whether every budget that was measured holds. */
  boolean holds() {
    return modes.stream().allMatch(RecallReport::holds);
  }

  private static boolean holds(RecallMode mode) {
    Bounds bounds = mode.bounds();
    return bounds == null || mode.whole().percent(BOUND_DEPTH) >= bounds.must();
  }

  void print(PrintStream out) {
    out.println(
        conversations + " conversations, " + turns + " turns, " + questions() + " questions");
    for (RecallMode mode : modes) {
      out.println();
      mode.whole().print(out);
      mode.variants().stream().skip(1).forEach(variant -> printWithout(out, mode, variant));
    }
    out.println();
    out.printf(Locale.ROOT, "%-46s %6s %6s %9s%n", "budget", "must", "aim", "measured");
    modes.forEach(mode -> printBudget(out, mode));
  }

  private static void printWithout(PrintStream out, RecallMode mode, Variant variant) {
    out.printf(Locale.ROOT, "  %-30s %9s", "without " + armOf(variant), "");
    for (int depth : RecallScore.DEPTHS) {
      out.printf(
          Locale.ROOT, " %+6.1f", variant.score().percent(depth) - mode.whole().percent(depth));
    }
    out.println();
  }

  private static void printBudget(PrintStream out, RecallMode mode) {
    Bounds bounds = mode.bounds();
    if (bounds != null) {
      out.printf(
          Locale.ROOT,
          "%-46s %6.1f %6.1f %9.1f %s%n",
          budgetOf(mode),
          bounds.must(),
          bounds.aim(),
          mode.whole().percent(BOUND_DEPTH),
          holds(mode) ? "holds" : "MISSED");
    }
  }

  ObjectNode json() {
    ObjectNode json =
        Json.object("conversations", conversations, "turns", turns, "questions", questions());
    ArrayNode results = json.putArray("results");
    ArrayNode budgets = json.putArray("budgets");
    for (RecallMode mode : modes) {
      mode.variants().forEach(variant -> addResults(results, mode, variant));
      Bounds bounds = mode.bounds();
      if (bounds != null) {
        budgets.add(
            Json.object(
                "name",
                budgetOf(mode),
                "must",
                bounds.must(),
                "aim",
                bounds.aim(),
                "measured",
                rounded(mode.whole().percent(BOUND_DEPTH)),
                "holds",
                holds(mode)));
      }
    }
    return json;
  }

  private static void addResults(ArrayNode results, RecallMode mode, Variant variant) {
    for (int depth : RecallScore.DEPTHS) {
      double percent = rounded(variant.score().percent(depth));
      ObjectNode result =
          Json.object(
              "engine",
              "engram",
              "what",
              mode.name() + ": recall@" + depth,
              "unit",
              "%",
              "value",
              percent,
              "recall",
              percent / 100);
      ObjectNode params = Json.object("depth", depth, "without", armOf(variant));
      if (variant.off() == null) {
        params.set("categories", variant.score().categories(depth));
      }
      result.set("params", params);
      results.add(result);
    }
  }

  private static double rounded(double percent) {
    return Math.round(100 * percent) / 100.0;
  }

  private static String budgetOf(RecallMode mode) {
    return mode.name() + ": recall@" + BOUND_DEPTH + " in percent";
  }

  private static String armOf(Variant variant) {
    Arm off = variant.off();
    return off == null ? "" : off.name().toLowerCase(Locale.ROOT);
  }
}
