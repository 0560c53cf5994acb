package dev.engram.cli;

import dev.engram.CompactionReport;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Gives disk space back. */
@Command(
    name = "compact",
    description = {
      "Give back the disk space of what was replaced and deleted, and print what that gained.",
      "What a snapshot shares with the store stays until the snapshot is deleted."
    })
final class CompactCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Override
  public Integer call() {
    try (Session session = cli.open();
        ProgressLine progress = ProgressLine.of(cli)) {
      print(cli.console().out(), session.engram().compact(progress));
    }
    return ExitCode.OK;
  }

  private void print(PrintStream out, CompactionReport report) {
    if (cli.json()) {
      Json.print(
          out,
          Json.object(
              "parts", report.parts(),
              "bytesBefore", report.bytesBefore(),
              "bytesAfter", report.bytesAfter()));
      return;
    }
    report.parts().forEach(part -> row(out, part.name(), part.bytesBefore(), part.bytesAfter()));
    row(out, "all", report.bytesBefore(), report.bytesAfter());
  }

  private static void row(PrintStream out, String name, long before, long after) {
    out.printf(Locale.ROOT, "%-16s %,15d bytes before, %,15d after%n", name, before, after);
  }
}
