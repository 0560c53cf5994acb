package dev.engram.cli;

import dev.engram.CheckLevel;
import dev.engram.CheckReport;
import java.io.PrintStream;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Checks a store. */
@Command(
    name = "check",
    sortOptions = false,
    description = {
      "Check everything: files, log, rows, references, and each view against the truth.",
      "A view that is missing or broken is rebuilt first, as at every opening. Exit code 5 where"
          + " something is wrong."
    },
    footer = {"%nExamples:", "  engram check --quick", "  engram check --full --json"})
final class CheckCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @ArgGroup(exclusive = true)
  @Nullable Level level;

  /** At most one of them. */
  static final class Level {
    @Option(
        names = "--quick",
        required = true,
        description = "Only ends of files, manifests, watermarks and counters: under a second.")
    boolean quick;

    @Option(
        names = "--full",
        required = true,
        description = "Also every byte of every file, snapshots included, by its checksums.")
    boolean full;

    @Option(
        names = "--deep",
        required = true,
        description = "Also every row, what rows say of each other, and views: the default.")
    boolean deep;
  }

  @Override
  public Integer call() {
    try (Session session = cli.open();
        ProgressLine progress = ProgressLine.of(cli)) {
      CheckReport report = session.engram().check(chosen(), progress);
      print(cli.console().out(), report);
      return report.ok() ? ExitCode.OK : ExitCode.CORRUPT;
    }
  }

  private CheckLevel chosen() {
    if (level == null || level.deep) {
      return CheckLevel.DEEP;
    }
    return level.full ? CheckLevel.FULL : CheckLevel.QUICK;
  }

  private void print(PrintStream out, CheckReport report) {
    if (cli.json()) {
      Json.print(
          out,
          Json.object(
              "level", report.level().name().toLowerCase(Locale.ROOT),
              "ok", report.ok(),
              "findings", report.findings(),
              "counted", new TreeMap<>(report.counted()),
              "lastCommit", report.lastCommit()));
      return;
    }
    for (CheckReport.Finding finding : report.findings()) {
      out.println(line(finding));
    }
    new TreeMap<>(report.counted()).forEach((name, count) -> cli.say(name + ": " + count));
    out.println(report.ok() ? "ok" : report.findings().size() + " findings");
  }

  static String line(CheckReport.Finding finding) {
    return finding.where() + ": " + finding.what() + "; " + finding.mend();
  }
}
