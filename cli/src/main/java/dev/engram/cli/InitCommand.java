package dev.engram.cli;

import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.ExistsException;
import dev.engram.NotFoundException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Makes a store. */
@Command(
    name = "init",
    description = {
      "Make an empty store.",
      "'learn' and 'import' make it too where there is none; every other command wants it there."
    })
final class InitCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Override
  public Integer call() {
    Path directory = cli.directory();
    if (exists(directory)) {
      throw new ExistsException("store exists already: directory=" + directory);
    }
    try (Engram engram = Engram.open(EngramConfig.at(directory))) {
      engram.checkpoint();
    }
    if (cli.json()) {
      Json.print(
          cli.console().out(),
          Json.object("store", directory.toAbsolutePath().normalize().toString()));
    }
    cli.say("made an empty store in " + directory.toAbsolutePath().normalize());
    return ExitCode.OK;
  }

  private static boolean exists(Path directory) {
    try (Engram _ = Engram.open(EngramConfig.at(directory).createIfMissing(false))) {
      return true;
    } catch (NotFoundException e) {
      return false;
    }
  }
}
