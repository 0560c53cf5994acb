package dev.engram.bench;

import dev.engram.bench.Peer.Asking;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one peer can do: {@link #build}, then {@link #sweep} in turns with others, then what is
 * measured one after the other: filters, reopening, deletes.
 */
final class PeerRun {
  /** Filters and deletes are measured with the least effort that reaches this. */
  private static final double WORKING_RECALL = .95;

  /** More effort than for this is not measured. */
  private static final double ENOUGH_RECALL = .9995;

  private static final double MIB = 1 << 20;

  private final Peer peer;
  private final Vectors data;
  private final Truths truths;
  private final Report report;
  private final Sweep sweep;
  private final List<Sweep.Visits> points = new ArrayList<>();
  private double buildPerSecond;

  /**
   * What the budgets compare.
   *
   * @param working the point of the sweep that filters and deletes are measured at; null where no
   *     effort reaches its recall
   * @param filtered by share of vectors that pass
   */
  record Outcome(
      String name,
      double buildPerSecond,
      List<Point> points,
      @Nullable Point working,
      Map<Double, Point> filtered) {
    Outcome {
      points = List.copyOf(points);
      filtered = Map.copyOf(filtered);
    }
  }

  PeerRun(Peer peer, Vectors data, Truths truths, Report report) {
    this.peer = peer;
    this.data = data;
    this.truths = truths;
    this.report = report;
    this.sweep = new Sweep(data.queries());
  }

  /** Makes the index. */
  void build() throws IOException {
    buildPerSecond = measureBuild();
    say("finding recalls");
    for (double effort : peer.efforts()) {
      Asking asking = peer.asking(VectorBench.NEIGHBOURS, effort);
      Sweep.Visits visits = sweep.begin(asking, effort, truths.all());
      points.add(visits);
      if (visits.recall() >= ENOUGH_RECALL) {
        break;
      }
    }
  }

  /** Visits every point of the sweep once. */
  void sweep() throws IOException {
    say("sweeping");
    for (Sweep.Visits visits : points) {
      visits.visit();
    }
  }

  Outcome finish() throws IOException {
    List<Point> swept = points.stream().map(Sweep.Visits::point).toList();
    swept.forEach(point -> report.point(peer.name(), "all, " + peer.knob(), point));
    Optional<Point> working = swept.stream().filter(p -> p.recall() >= WORKING_RECALL).findFirst();
    Map<Double, Point> filtered = Map.of();
    if (working.isPresent()) {
      filtered = filter(working.get().effort());
      reopen(working.get().effort());
      delete(working.get().effort());
    }
    return new Outcome(peer.name(), buildPerSecond, swept, working.orElse(null), filtered);
  }

  private double measureBuild() throws IOException {
    say("building");
    long before = Heap.live();
    long started = System.nanoTime();
    peer.build(data.base());
    double rate = data.count() / Measured.seconds(started);
    if (peer instanceof BruteForce) {
      return rate;
    }
    add("build, one client, at rest in the end", "vectors/s", rate);
    add("heap after the build, beside the vectors", "MiB", (Heap.live() - before) / MIB);
    Optional<ProcessMemory> memory = ProcessMemory.now();
    if (memory.isPresent()) {
      add("process after the build: anonymous", "MiB", memory.get().anonymousBytes() / MIB);
      add("process after the build: mapped files", "MiB", memory.get().fileBytes() / MIB);
    }
    if (peer instanceof Peer.Stored stored) {
      add("index in files", "MiB", stored.fileBytes() / MIB);
    }
    return rate;
  }

  private Map<Double, Point> filter(double effort) throws IOException {
    Map<Double, Point> points = new LinkedHashMap<>();
    if (peer instanceof Peer.Filtering filtering) {
      for (Subset subset : truths.filters()) {
        String share = String.format(Locale.ROOT, "%.1f %% pass, ", 100 * subset.share());
        say(share + "filtering");
        Asking asking = filtering.asking(VectorBench.NEIGHBOURS, effort, subset);
        Point point = sweep.measure(asking, effort, truths.of(subset));
        points.put(subset.share(), point);
        report.point(peer.name(), share + peer.knob(), point);
      }
    }
    return points;
  }

  private void reopen(double effort) throws IOException {
    if (peer instanceof Peer.Stored stored) {
      long started = System.nanoTime();
      stored.reopen();
      int[] _ = peer.asking(VectorBench.NEIGHBOURS, effort).nearest(data.queries()[0]);
      add("reopened to the first answer", "ms", 1e3 * Measured.seconds(started));
    }
  }

  private void delete(double effort) throws IOException {
    if (peer instanceof Peer.Deleting deleting) {
      say("deleting");
      int[] ordinals = truths.deleted().listed();
      long started = System.nanoTime();
      deleting.delete(ordinals);
      add("deletes, at rest in the end", "vectors/s", ordinals.length / Measured.seconds(started));
      Asking asking = peer.asking(VectorBench.NEIGHBOURS, effort);
      String what = String.format(Locale.ROOT, "%.0f %% deleted, ", 100 * truths.deleted().share());
      report.point(
          peer.name(), what + peer.knob(), sweep.measure(asking, effort, truths.afterDeletes()));
    }
  }

  private void add(String what, String unit, double value) {
    report.add(peer.name(), what, unit, value, Map.of("data", data.name()));
  }

  private void say(String what) {
    System.err.println(peer.name() + ": " + what);
  }
}
