package dev.engram.cli;

import dev.engram.Explanation;
import dev.engram.SearchPlan;
import java.io.PrintStream;
import java.util.Locale;

/** Prints why a hit has its score, and how it was found. Static functions only. */
final class Explained {
  private static final double NANOS_PER_MICRO = 1_000;

  private Explained() {}

  static void print(PrintStream out, Explanation explanation) {
    explanation.contributions().forEach(part -> print(out, part));
    explanation.notes().forEach(note -> out.println("   · " + note));
  }

  private static void print(PrintStream out, Explanation.Contribution part) {
    out.printf(
        Locale.ROOT,
        "   · %s: %.3f × %s = %.3f  %s%n",
        part.arm(),
        part.raw(),
        part.weight(),
        part.amount(),
        part.detail());
  }

  static void print(PrintStream out, SearchPlan plan) {
    out.printf(
        Locale.ROOT,
        "plan: vectors %s, text %s, recall %s, partitions %d of %d, scanned %d, ranked %d,"
            + " rescored %d%n",
        plan.vectors().name().toLowerCase(Locale.ROOT),
        plan.text() ? "yes" : "no",
        plan.recall(),
        plan.partitionsProbed(),
        plan.partitions(),
        plan.vectorsScanned(),
        plan.candidatesRanked(),
        plan.candidatesRescored());
    for (SearchPlan.Phase phase : plan.phases()) {
      out.printf(
          Locale.ROOT,
          "   · %s: %.1f microseconds%n",
          phase.name(),
          phase.nanos() / NANOS_PER_MICRO);
    }
  }
}
