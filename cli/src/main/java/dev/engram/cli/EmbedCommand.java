package dev.engram.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Makes the vectors that are missing. */
@Command(
    name = "embed",
    description = "Make the vectors of memories that were learned without an embedder.")
final class EmbedCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Override
  public Integer call() {
    try (Session session = cli.openWithEmbedder(false);
        ProgressLine progress = ProgressLine.of(cli)) {
      long made = session.space(cli.spaceName()).embedPending(progress);
      cli.say("embedded " + made + " memories");
    }
    return ExitCode.OK;
  }
}
