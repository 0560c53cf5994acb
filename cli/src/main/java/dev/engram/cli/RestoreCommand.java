package dev.engram.cli;

import dev.engram.Backups;
import dev.engram.CommitId;
import dev.engram.Engram;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Makes a store of a backup. */
@Command(
    name = "restore",
    description = {
      "Make a store of a backup, in a new or empty directory: that of --store.",
      "Every byte is compared first. To go back to a snapshot there is 'engram snapshot restore'."
    },
    footer = {"%nExample:", "  engram restore /mnt/backups --store brain-again"})
final class RestoreCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(index = "0", paramLabel = "TARGET", description = "The directory of the backups.")
  Path target = Path.of("");

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "ID",
      description = "Which, as 'engram backup list' prints it; default: the newest.")
  String id = Backups.LATEST;

  @Override
  public Integer call() {
    CommitId last;
    try (ProgressLine progress = ProgressLine.of(cli)) {
      last = Engram.restore(target, id, cli.config(false), progress);
    }
    cli.done(
        Json.object("store", cli.directory().toString(), "lastCommit", last.toString()),
        "restored into " + cli.directory() + ": last commit " + last);
    return ExitCode.OK;
  }
}
