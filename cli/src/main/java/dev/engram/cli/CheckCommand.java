package dev.engram.cli;

import dev.engram.CheckReport;
import java.io.PrintStream;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Checks a store. */
@Command(
    name = "check",
    description = {
      "Check everything: files, log, rows, references, and each view against the truth.",
      "A view that is missing or broken is rebuilt first, as at every opening. Exit code 5 where"
          + " something is wrong."
    })
final class CheckCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Override
  public Integer call() {
    try (Session session = cli.open()) {
      CheckReport report = session.engram().check();
      print(cli.console().out(), report);
      return report.ok() ? ExitCode.OK : ExitCode.CORRUPT;
    }
  }

  private void print(PrintStream out, CheckReport report) {
    if (cli.json()) {
      Json.print(out, report);
      return;
    }
    for (CheckReport.Finding finding : report.findings()) {
      out.println(finding.where() + ": " + finding.what() + "; " + finding.mend());
    }
    new TreeMap<>(report.counted()).forEach((name, count) -> cli.say(name + ": " + count));
    out.println(report.ok() ? "ok" : report.findings().size() + " findings");
  }
}
