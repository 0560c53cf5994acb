package dev.engram.cli;

import dev.engram.CommitId;
import dev.engram.Engram;
import dev.engram.RecoveryPoint;
import dev.engram.spi.ObjectStore;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Makes a store of an archive and backups, as of some point. */
@Command(
    name = "recover",
    sortOptions = false,
    description = {
      "Make a store as another one was at some point, in a new or empty directory, --store.",
      "Of the newest backup before the point, and the commits that were archived after it. Every"
          + " byte is compared first."
    },
    footer = {
      "%nExamples:",
      "  engram recover /mnt/backups --store brain-again",
      "  engram recover /mnt/backups --to-time 2026-03-01T12:00:00Z --store brain-again"
    })
final class RecoverCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(paramLabel = "TARGET", description = Targets.DESCRIPTION)
  String target = "";

  @ArgGroup(exclusive = true)
  @Nullable Until until;

  @Option(
      names = "--of-store",
      paramLabel = "ID",
      description =
          "Of which store, where there are several; 'engram archive list' prints" + " them.")
  @Nullable UUID ofStore;

  @Option(
      names = "--timeline",
      paramLabel = "N",
      description = "On which timeline; default: the newest.")
  @Nullable Long timeline;

  /** As of when. */
  static final class Until {
    @Option(names = "--to-lsn", paramLabel = "LSN", description = "Up to a commit, by its number.")
    @Nullable Long lsn;

    @Option(
        names = "--to-time",
        paramLabel = "TIME",
        converter = InstantOption.class,
        description = "Up to an instant, or the beginning of a day in UTC.")
    @Nullable Instant time;

    @Option(
        names = "--to-name",
        paramLabel = "NAME",
        description = "Up to a commit that was named, or to a backup by its id.")
    @Nullable String name;
  }

  @Override
  public Integer call() {
    CommitId last;
    try (ObjectStore objects = Targets.existing(target);
        ProgressLine progress = ProgressLine.of(cli)) {
      last = Engram.recover(objects, point(), cli.config(false), progress);
    }
    cli.done(
        Json.object("store", cli.directory().toString(), "lastCommit", last.toString()),
        "recovered into " + cli.directory() + ": last commit " + last);
    return ExitCode.OK;
  }

  private RecoveryPoint point() {
    RecoveryPoint point = chosen();
    point = ofStore == null ? point : point.ofStore(ofStore);
    return timeline == null ? point : point.onTimeline(timeline);
  }

  private RecoveryPoint chosen() {
    Until chosen = until;
    if (chosen == null) {
      return RecoveryPoint.latest();
    }
    if (chosen.lsn != null) {
      return RecoveryPoint.lsn(chosen.lsn);
    }
    if (chosen.time != null) {
      return RecoveryPoint.instant(chosen.time);
    }
    return chosen.name == null ? RecoveryPoint.latest() : RecoveryPoint.named(chosen.name);
  }
}
