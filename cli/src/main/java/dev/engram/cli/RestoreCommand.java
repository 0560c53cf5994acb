package dev.engram.cli;

import dev.engram.Backups;
import dev.engram.CommitId;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.spi.ObjectStore;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Makes a store of a backup. */
@Command(
    name = "restore",
    description = {
      "Make a store of a backup, in a new or empty directory: that of --store.",
      "With --in-place put it in the place of the store that is there, which it is a backup of:"
          + " only",
      "what the store lacks is fetched, and what came after the backup is gone.",
      "With --only bring one collection or space back into the store that is there.",
      "Every byte is compared first. To go back to a snapshot there is 'engram snapshot restore'."
    },
    footer = {
      "%nExamples:",
      "  engram restore /mnt/backups --store brain-again",
      "  engram restore /mnt/backups --in-place",
      "  engram restore /mnt/backups --only docs --as docs-before"
    })
final class RestoreCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(index = "0", paramLabel = "TARGET", description = Targets.DESCRIPTION)
  String target = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "ID",
      description = "Which, as 'engram backup list' prints it; default: the newest.")
  String id = Backups.LATEST;

  @Option(
      names = "--in-place",
      description = "In the place of the store that is there; nobody else has it open.")
  boolean inPlace;

  @ArgGroup(exclusive = false)
  @Nullable OnlyOptions only;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    if (only != null && inPlace) {
      throw new ParameterException(spec.commandLine(), "--in-place: without --only");
    }
    if (only != null) {
      only.run(
          cli,
          copy -> {
            CommitId _ = restored(copy, false);
          });
      return ExitCode.OK;
    }
    CommitId last = restored(cli.config(false), inPlace);
    cli.done(
        Json.object("store", cli.directory().toString(), "lastCommit", last.toString()),
        "restored into " + cli.directory() + ": last commit " + last);
    return ExitCode.OK;
  }

  private CommitId restored(EngramConfig store, boolean overIt) {
    try (ObjectStore objects = Targets.existing(target);
        ProgressLine progress = ProgressLine.of(cli)) {
      return overIt
          ? Engram.restoreInPlace(objects, id, store, progress)
          : Engram.restore(objects, id, store, progress);
    }
  }
}
