package dev.engram.cli;

import dev.engram.CorruptStoreException;
import dev.engram.Engram;
import dev.engram.RepairReport;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Repairs a damaged store. */
@Command(
    name = "repair",
    description = {
      "Open a damaged store again: keep every commit before the damage and rebuild the views.",
      "Copy the directory first. Exit code 5 where commits would be lost; then nothing is changed."
    })
final class RepairCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Option(names = "--accept-loss", description = "Give up the commits behind the damage.")
  boolean acceptLoss;

  @Override
  public Integer call() {
    RepairReport report = repaired();
    PrintStream out = cli.console().out();
    if (cli.json()) {
      Json.print(out, report);
      return ExitCode.OK;
    }
    report.actions().forEach(out::println);
    out.println("last commit kept: " + report.lastKept());
    out.println(report.lossless() ? "nothing was lost" : lost(report));
    return ExitCode.OK;
  }

  private RepairReport repaired() {
    try {
      return Engram.repair(cli.config(false), acceptLoss);
    } catch (CorruptStoreException e) {
      if (!acceptLoss && String.valueOf(e.getMessage()).contains("can be kept")) {
        cli.say("'engram repair --accept-loss' keeps what the error names, and gives up the rest");
      }
      throw e;
    }
  }

  private static String lost(RepairReport report) {
    return report.lostTo() == 0
        ? "lost commits: from " + report.lostFrom() + " on, if there were any"
        : "lost commits: " + report.lostFrom() + " to " + report.lostTo();
  }
}
