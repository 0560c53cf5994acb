package dev.engram.cli;

import dev.engram.CancelledException;
import dev.engram.DivergedException;
import dev.engram.Engram;
import dev.engram.EngramException;
import dev.engram.Follower;
import dev.engram.FollowerLag;
import dev.engram.Following;
import dev.engram.Progress;
import dev.engram.spi.ObjectStore;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Leads a follower on. */
@Command(
    name = "follow",
    sortOptions = false,
    description = {
      "Follow another store by its archive, into a store of its own directory, --store.",
      "Begins with the newest backup where the directory is new or empty, and goes on where it was"
          + " otherwise. The store can be read between two runs; 'engram promote' makes it one that"
          + " takes writes."
    },
    footer = {
      "%nExamples:",
      "  engram follow /mnt/backups --store brain-follower",
      "  engram follow /mnt/backups --store brain-follower --once"
    })
final class FollowCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(paramLabel = "TARGET", description = Targets.DESCRIPTION)
  String target = "";

  @Option(names = "--once", description = "Apply what is there now, and end.")
  boolean once;

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      description = "Look at the archive every so often, 2s unless given.")
  Duration interval = Duration.ofSeconds(2);

  @Option(
      names = "--of-store",
      paramLabel = "ID",
      description = "Which store, where there are several; 'engram archive list' prints them.")
  @Nullable UUID ofStore;

  @Override
  public Integer call() {
    try (ObjectStore objects = Targets.existing(target)) {
      Following from = Following.from(objects).every(interval);
      from = ofStore == null ? from : from.ofStore(ofStore);
      try (Follower follower = begin(from)) {
        FollowerLag lag = follower.lag();
        tell(follower, lag);
        if (!once) {
          stay(follower, lag);
        }
      }
    }
    return ExitCode.OK;
  }

  private Follower begin(Following from) {
    boolean begun = false;
    Follower follower;
    try (ProgressLine progress = ProgressLine.of(cli)) {
      follower = Engram.follow(cli.config(true), from, progress);
      try {
        catchUp(follower, progress);
        begun = true;
      } finally {
        if (!begun) {
          follower.close();
        }
      }
    }
    return follower;
  }

  /** What may pass is tried again, where somebody stays to see it. */
  private void catchUp(Follower follower, Progress progress) {
    try {
      follower.catchUp(progress);
    } catch (EngramException e) {
      if (once || e instanceof DivergedException || e instanceof CancelledException) {
        throw e;
      }
    }
  }

  private void stay(Follower follower, FollowerLag first) {
    FollowerLag before = first;
    try {
      if (!first.failure().isEmpty()) {
        catchUp(follower, Progress.NONE);
      }
      while (true) {
        boolean _ = follower.awaitLsn(before.applied() + 1, interval);
        FollowerLag now = follower.lag();
        boolean otherwise = !now.failure().equals(before.failure());
        if (otherwise || now.applied() != before.applied()) {
          tell(follower, now);
        }
        if (otherwise && !now.failure().isEmpty()) {
          // Ends where following can never go on.
          catchUp(follower, Progress.NONE);
        }
        before = now;
      }
    } catch (CancelledException e) {
      cli.say("following ends");
    }
  }

  private void tell(Follower follower, FollowerLag lag) {
    String last = follower.engram().lastCommit().toString();
    long behindMillis = lag.behind().map(Duration::toMillis).orElse(-1L);
    String failure = lag.failure().isEmpty() ? "" : ", tried again: " + lag.failure();
    cli.done(
        Json.object(
            "lastCommit", last,
            "applied", lag.applied(),
            "known", lag.known(),
            "behindMillis", behindMillis,
            "failure", lag.failure()),
        "at commit " + last + ", " + lag.commits() + " commits behind" + failure);
  }
}
