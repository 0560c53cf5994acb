package dev.engram.cli;

import dev.engram.CorruptStoreException;
import dev.engram.Engram;
import dev.engram.Progress;
import dev.engram.Repair;
import dev.engram.RepairReport;
import dev.engram.spi.ObjectStore;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Repairs a damaged store. */
@Command(
    name = "repair",
    sortOptions = false,
    description = {
      "Repair a damaged store: damaged files of the log are taken from its backups, where these"
          + " are",
      "named; else the log is cut at the damage, or the newest backup with what is archived after"
          + " it",
      "put in its place, if that is accepted. Views that are damaged or differ are dropped and"
          + " rebuilt.",
      "Copy the directory first. Exit code 5 where commits would be lost, and nothing was changed;",
      "or where something is wrong still."
    },
    footer = {"%nExamples:", "  engram repair", "  engram repair --from /mnt/backups"})
final class RepairCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Option(
      names = "--from",
      paramLabel = "TARGET",
      description = "Where the store's backups, and its archive, are. " + Targets.DESCRIPTION)
  @Nullable String from;

  @Option(names = "--accept-loss", description = "Give up the commits behind the damage.")
  boolean acceptLoss;

  @Override
  public Integer call() {
    RepairReport report = repaired();
    PrintStream out = cli.console().out();
    if (cli.json()) {
      Json.print(out, report);
    } else {
      report.actions().forEach(out::println);
      out.println("last commit kept: " + report.lastKept());
      out.println(report.lossless() ? "nothing was lost" : lost(report));
      report.left().forEach(each -> out.println("wrong still: " + CheckCommand.line(each)));
    }
    return report.ok() ? ExitCode.OK : ExitCode.CORRUPT;
  }

  private RepairReport repaired() {
    Repair how = acceptLoss ? Repair.lossless().acceptingLoss() : Repair.lossless();
    try (ProgressLine progress = ProgressLine.of(cli)) {
      return repaired(how, progress);
    } catch (CorruptStoreException e) {
      if (!acceptLoss && String.valueOf(e.getMessage()).contains("can be kept")) {
        cli.say("'engram repair --accept-loss' keeps what the error names, and gives up the rest");
      }
      throw e;
    }
  }

  private RepairReport repaired(Repair how, Progress progress) {
    if (from == null) {
      return Engram.repair(cli.config(false), how, progress);
    }
    try (ObjectStore objects = Targets.existing(from)) {
      return Engram.repair(cli.config(false), how.from(objects), progress);
    }
  }

  private static String lost(RepairReport report) {
    return report.lostTo() == 0
        ? "lost commits: from " + report.lostFrom() + " on, if there were any"
        : "lost commits: " + report.lostFrom() + " to " + report.lostTo();
  }
}
