package dev.engram.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** The figures of one run and the budgets they are held against. Not thread-safe. */
final class Report {
  private final List<Result> results = new ArrayList<>();
  private final List<Searches> searches = new ArrayList<>();
  private final List<Budget> budgets = new ArrayList<>();

  /** A figure. */
  record Result(
      String engine, String what, String unit, double value, Map<String, Object> params) {}

  /** A point of a sweep: speed and latency with the recall of the same run. */
  record Searches(String engine, String what, Point point) {}

  /** A bound: at least {@code must} unless {@code atMost}. */
  record Budget(
      String name, double must, double aim, double measured, boolean atMost, boolean holds) {}

  void add(String engine, String what, String unit, double value, Map<String, Object> params) {
    results.add(new Result(engine, what, unit, value, params));
  }

  void point(String engine, String what, Point point) {
    searches.add(new Searches(engine, what, point));
  }

  void atLeast(String name, double must, double aim, double measured) {
    budgets.add(new Budget(name, must, aim, measured, false, measured >= must));
  }

  void atMost(String name, double must, double aim, double measured) {
    budgets.add(new Budget(name, must, aim, measured, true, measured <= must));
  }

  boolean holds() {
    return budgets.stream().allMatch(Budget::holds);
  }

  void print(PrintStream out) {
    out.println("machine: " + machine());
    out.printf(Locale.ROOT, "%n%-12s %-54s %14s %s%n", "engine", "what", "value", "unit");
    for (Result r : results) {
      out.printf(Locale.ROOT, "%-12s %-54s %,14.2f %s%n", r.engine, r.what, r.value, r.unit);
    }
    printSearches(out);
    out.printf(Locale.ROOT, "%n%-66s %10s %10s %12s%n", "budget", "must", "aim", "measured");
    for (Budget b : budgets) {
      out.printf(
          Locale.ROOT,
          "%-66s %10.2f %10.2f %12.2f %s%n",
          b.name,
          b.must,
          b.aim,
          b.measured,
          b.holds ? "holds" : "MISSED");
    }
  }

  private void printSearches(PrintStream out) {
    if (!searches.isEmpty()) {
      out.printf(
          Locale.ROOT,
          "%n%-12s %-34s %8s %8s %12s %10s %10s%n",
          "engine",
          "searches of, by",
          "effort",
          "recall",
          "queries/s",
          "p50 us",
          "p99 us");
    }
    for (Searches s : searches) {
      out.printf(
          Locale.ROOT,
          "%-12s %-34s %8s %8.4f %,12.0f %,10.1f %,10.1f%n",
          s.engine,
          s.what,
          String.valueOf(s.point.effort()).replaceAll("\\.0$", ""),
          s.point.recall(),
          s.point.queriesPerSecond(),
          s.point.p50Micros(),
          s.point.p99Micros());
    }
  }

  void write(Path file) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("machine", machine());
    all.put("results", results);
    all.put("searches", searches);
    all.put("budgets", budgets);
    Files.write(file, JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsBytes(all));
  }

  private static Map<String, Object> machine() {
    Map<String, Object> machine = new LinkedHashMap<>();
    machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    machine.put("java", System.getProperty("java.version"));
    machine.put("processors", Runtime.getRuntime().availableProcessors());
    machine.put("maxHeapMiB", Runtime.getRuntime().maxMemory() >> 20);
    return machine;
  }
}
