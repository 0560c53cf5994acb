package dev.engram.cli;

import dev.engram.Engram;
import dev.engram.ExistsException;
import dev.engram.NotFoundException;
import dev.engram.spi.KeySource;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Makes a store. */
@Command(
    name = "init",
    description = {
      "Make an empty store.",
      "'learn' and 'import' make it too where there is none; every other command wants it there."
    })
final class InitCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--encrypt",
      description = "Encrypt it by the key that is given, such as by --key-file.")
  boolean encrypt;

  @Override
  public Integer call() {
    Path directory = cli.directory();
    if (encrypt) {
      KeySource _ = cli.requireKeys(spec);
    }
    if (exists()) {
      throw new ExistsException("store exists already: directory=" + directory);
    }
    try (Engram engram = Engram.open(cli.config(true))) {
      engram.checkpoint();
    }
    if (cli.json()) {
      Json.print(
          cli.console().out(),
          Json.object("store", directory.toAbsolutePath().normalize().toString()));
    }
    String kind = cli.keys() == null ? "an empty store" : "an empty encrypted store";
    cli.say("made " + kind + " in " + directory.toAbsolutePath().normalize());
    return ExitCode.OK;
  }

  private boolean exists() {
    try (Engram _ = Engram.open(cli.config(false))) {
      return true;
    } catch (NotFoundException e) {
      return false;
    }
  }
}
