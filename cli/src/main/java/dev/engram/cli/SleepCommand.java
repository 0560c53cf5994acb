package dev.engram.cli;

import dev.engram.InvalidInputException;
import dev.engram.MemorySpace;
import dev.engram.Progress;
import dev.engram.SleepReport;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Lets a space sleep. */
@Command(
    name = "sleep",
    description = {
      "Let the space sleep: synapses fade, and what was used together is strengthened.",
      "Every synapse fades by one cycle, those between memories that are both in working memory"
          + " are",
      "strengthened, and what has been there for too long leaves it."
    },
    footer = {"%nExamples:", "  engram sleep", "  engram sleep --cycles 7"})
final class SleepCommand implements Callable<Integer> {
  private static final int MAX_CYCLES = 100_000;

  @ParentCommand Cli cli = Parents.none();

  @Option(names = "--cycles", paramLabel = "N", description = "How often; once unless given.")
  int cycles = 1;

  @Override
  public Integer call() {
    if (cycles < 1 || cycles > MAX_CYCLES) {
      throw new InvalidInputException(
          "invalid sleep: cycles=" + cycles + ", allowed=1.." + MAX_CYCLES);
    }
    try (Session session = cli.open();
        ProgressLine progress = ProgressLine.of(cli)) {
      print(sleep(session.space(cli.spaceName()), progress));
    }
    return ExitCode.OK;
  }

  private SleepReport sleep(MemorySpace space, ProgressLine progress) {
    SleepReport all = space.sleep();
    for (int done = 1; done < cycles; done++) {
      SleepReport one = space.sleep();
      all =
          new SleepReport(
              one.cycle(), all.strengthened() + one.strengthened(), all.dropped() + one.dropped());
      progress.report(new Progress.Update("sleep", done + 1, cycles, space.name()));
    }
    return all;
  }

  private void print(SleepReport report) {
    cli.done(
        Json.object(
            "cycle", report.cycle(),
            "strengthened", report.strengthened(),
            "dropped", report.dropped()),
        "cycle "
            + report.cycle()
            + ": strengthened "
            + report.strengthened()
            + " synapses, "
            + report.dropped()
            + " memories left working memory");
  }
}
