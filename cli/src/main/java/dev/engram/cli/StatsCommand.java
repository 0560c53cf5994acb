package dev.engram.cli;

import com.google.errorprone.annotations.FormatMethod;
import dev.engram.Engram;
import dev.engram.FollowerLag;
import dev.engram.Stats;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Prints figures of the store. */
@Command(name = "stats", description = "Print figures of the store and its views.")
final class StatsCommand implements Callable<Integer> {
  /** A view that is healthy opens well within this time. */
  private static final Duration VIEWS_OPEN = Duration.ofSeconds(5);

  @ParentCommand Cli cli = Parents.none();

  @Override
  public Integer call() {
    try (Session session = cli.open()) {
      Engram engram = session.engram();
      boolean _ = engram.awaitViews(engram.lastCommit(), VIEWS_OPEN);
      Stats stats = engram.stats();
      PrintStream out = cli.console().out();
      if (cli.json()) {
        Json.print(out, stats);
      } else {
        print(out, stats);
      }
    }
    return ExitCode.OK;
  }

  private static void print(PrintStream out, Stats stats) {
    row(out, "last commit", stats.lastCommit());
    row(out, "collections", stats.collections());
    row(out, "records", stats.records());
    row(out, "short-term synapses", stats.shortTerm());
    row(out, "long-term synapses", stats.longTerm());
    row(out, "disk bytes", stats.diskBytes());
    row(out, "log bytes", stats.logBytes());
    row(out, "native bytes", stats.nativeBytes());
    row(out, "compression", text("%.2f", stats.compressionRatio()));
    print(out, stats.searches());
    print(out, "synapse cache", stats.synapses());
    print(out, "row cache", stats.rows());
    stats.archive().ifPresent(archive -> print(out, archive));
    stats.follower().ifPresent(follower -> print(out, follower));
    stats.maintenance().forEach(task -> print(out, task));
    print(out, stats.scrub());
    for (Stats.ViewStats view : stats.views()) {
      String failure = view.failure().isEmpty() ? "" : ", " + view.failure();
      row(out, "view " + view.name(), view.state() + ", lag " + view.lag() + failure);
    }
    new TreeMap<>(stats.families()).forEach((name, rows) -> row(out, "rows " + name, rows));
  }

  private static void print(PrintStream out, Stats.ArchiveStats archive) {
    String lost = archive.lost() == 0 ? "" : text(", %d lost", archive.lost());
    String failure = archive.failure().isEmpty() ? "" : ", " + archive.failure();
    row(
        out,
        "archived",
        text("up to %d, lag %d, %d bytes", archive.archived(), archive.lag(), archive.lagBytes())
            + lost
            + failure);
  }

  private static void print(PrintStream out, FollowerLag follower) {
    String failure = follower.failure().isEmpty() ? "" : ", " + follower.failure();
    String behind = follower.behind().map(DurationText::of).orElse("unknown");
    row(
        out,
        "follower",
        text("at %d, lag %d, behind %s", follower.applied(), follower.commits(), behind) + failure);
  }

  /** Of a task that was done, or is done by itself. */
  private static void print(PrintStream out, Stats.TaskStats task) {
    String name = "last " + MaintainCommand.name(task.task());
    task.last()
        .ifPresent(
            last -> row(out, name, last.at() + ", " + (last.ok() ? "" : "failed, ") + last.what()));
  }

  private static void print(PrintStream out, Stats.ScrubStats scrub) {
    if (scrub.passes() > 0) {
      row(out, "scrubbed", scrub.passes() + " times, last " + scrub.lastPass().orElseThrow());
    }
    new TreeMap<>(scrub.damaged()).forEach((file, what) -> row(out, "damaged " + file, what));
  }

  private static void print(PrintStream out, Stats.SearchStats searches) {
    row(out, "searches", searches.count());
    row(out, "searches cached", text("%.1f %%", 100 * searches.cacheHitRatio()));
    row(
        out,
        "search microseconds",
        text(
            "p50 %.1f, p95 %.1f, p99 %.1f",
            searches.p50Micros(), searches.p95Micros(), searches.p99Micros()));
  }

  private static void print(PrintStream out, String name, Stats.CacheStats cache) {
    row(
        out,
        name,
        text(
            "%d entries, %d bytes, %d requests, hits %.1f %%",
            cache.entries(), cache.bytes(), cache.requests(), 100 * cache.hitRatio()));
  }

  @FormatMethod
  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private static void row(PrintStream out, String name, Object value) {
    out.printf(Locale.ROOT, "%-22s %s%n", name, value);
  }
}
