package dev.engram.internal.view;

import dev.engram.CommitId;
import dev.engram.InvalidInputException;
import dev.engram.Stats.ViewStats;
import dev.engram.internal.format.CommitLayout;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.Log;
import dev.engram.spi.Commit;
import dev.engram.spi.StateSnapshot;
import dev.engram.spi.View;
import dev.engram.spi.ViewContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All views of an open store. Thread-safe. */
public final class ViewSet implements AutoCloseable {
  /** Bytes of commits that a lagging view may be behind before writers wait for it. */
  private static final long MAX_LAG_BYTES = 64L << 20;

  /** How long a writer waits for a lagging view before it commits anyway. */
  private static final Duration THROTTLE = Duration.ofMillis(500);

  private final Log log;
  private final List<Log.Follower> first;
  private final Map<String, ViewRunner> runners = new LinkedHashMap<>();

  /**
   * Opens the views; each catches up or is rebuilt on its own thread.
   *
   * @param directory where views have their directories; null for a store in memory
   * @param first are told of each commit before the views are
   */
  public ViewSet(Log log, @Nullable Path directory, List<View> views, List<Log.Follower> first) {
    this.log = log;
    this.first = List.copyOf(first);
    CommitDecoder decoder = new CommitDecoder(log);
    for (View view : views) {
      checkName(view);
      ViewRunner runner = new ViewRunner(view, log, decoder, context(view, directory));
      runners.put(view.name(), runner);
    }
    log.follow(this::follow);
    runners.values().forEach(ViewRunner::start);
  }

  /**
   * Waits until one view has applied a commit.
   *
   * @throws dev.engram.StaleViewException where it did not in time
   */
  public void await(String view, long lsn, Duration timeout) {
    runner(view).await(lsn, timeout);
  }

  /** Waits until all views have applied a commit; false where one did not in time. */
  public boolean awaitAll(long lsn, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    for (ViewRunner runner : runners.values()) {
      Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
      if (!runner.reaches(lsn, left)) {
        return false;
      }
    }
    return true;
  }

  /** A question to a view met damage: it is rebuilt. */
  public void fail(String view, Throwable why) {
    runner(view).fail(why);
  }

  /** Lets a writer wait while a view is far behind. */
  public void throttle() {
    for (ViewRunner runner : runners.values()) {
      if (runner.lagging()
          && runner.following()
          && log.writtenBytes() - runner.bytesSeen() > MAX_LAG_BYTES) {
        runner.reaches(Math.max(0, log.last().lsn() - 1), THROTTLE);
      }
    }
  }

  /** The last LSN that every lagging view has made durable: the log may be trimmed up to it. */
  public long publishedByAll() {
    return runners.values().stream()
        .filter(ViewRunner::lagging)
        .mapToLong(ViewRunner::published)
        .min()
        .orElse(log.last().lsn());
  }

  /** Publishes every view that follows. */
  public void publish() {
    for (ViewRunner runner : runners.values()) {
      if (runner.following()) {
        runner.publish();
      }
    }
  }

  /** Publishes a view that follows, though it may have nothing new: it has tidied its files. */
  public void republish(String view) {
    if (runner(view).following()) {
      runner(view).republish();
    }
  }

  /** Compares every view with the state; commits wait meanwhile. */
  public void verify(Duration timeout, BiConsumer<String, String> findings) {
    runners.values().forEach(runner -> runner.await(log.last().lsn(), timeout));
    log.exclusively(() -> {
      try (StateReader state = StateReader.ofStanding(log)) {
        for (ViewRunner runner : runners.values()) {
          runner.await(state.commit().lsn(), timeout);
          String name = runner.view().name();
          runner.paused(() -> runner.view().verify(state, what -> findings.accept(name, what)));
        }
      }
    });
  }

  /** Does something with one view, which stands at a state; commits wait meanwhile. */
  public void standing(String view, Duration timeout, Consumer<StateReader> task) {
    ViewRunner runner = runner(view);
    runner.await(log.last().lsn(), timeout);
    log.exclusively(() -> {
      try (StateReader state = StateReader.ofStanding(log)) {
        runner.await(state.commit().lsn(), timeout);
        runner.paused(() -> task.accept(state));
      }
    });
  }

  public List<ViewStats> stats() {
    List<ViewStats> stats = new ArrayList<>();
    runners.values().forEach(r -> stats.add(r.stats()));
    return stats;
  }

  /** Replays the commits after an LSN as views see them. */
  public static void replay(Log log, long afterLsn, Consumer<Commit> consumer) {
    CommitDecoder decoder = new CommitDecoder(log);
    log.replay(
        afterLsn,
        (read, bytes) -> {
          consumer.accept(decoder.decode(read, true));
          return true;
        });
  }

  /** What a commit of the log says to views; its rows are there. */
  public static Function<CommitLayout.Read, Commit> decoder(Log log) {
    CommitDecoder decoder = new CommitDecoder(log);
    return read -> decoder.decode(read, true);
  }

  @Override
  public void close() {
    runners.values().forEach(ViewRunner::close);
  }

  private void follow(Commit commit) {
    first.forEach(each -> each.follow(commit));
    runners.values().forEach(runner -> runner.follow(commit));
  }

  private ViewRunner runner(String name) {
    ViewRunner runner = runners.get(name);
    if (runner == null) {
      throw new IllegalArgumentException("there is no such view: view=" + name);
    }
    return runner;
  }

  private void checkName(View view) {
    if (!view.name().matches("[a-z0-9-]{1,64}") || runners.containsKey(view.name())) {
      throw new InvalidInputException(
          "invalid view: name=" + view.name() + "; give a unique name of [a-z0-9-]");
    }
  }

  private ViewContext context(View view, @Nullable Path parent) {
    return new ViewContext() {
      @Override
      public Optional<Path> directory() {
        if (parent == null) {
          return Optional.empty();
        }
        Path directory = parent.resolve(view.name());
        Directories.makePrivate(directory);
        return Optional.of(directory);
      }

      @Override
      public String storeId() {
        return log.storeId();
      }

      @Override
      public boolean holds(String ofStore, CommitId commit) {
        return log.holds(ofStore, commit);
      }

      @Override
      public StateSnapshot snapshot() {
        return StateReader.of(log);
      }
    };
  }
}
