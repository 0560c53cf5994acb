package dev.engram.cli;

import dev.engram.Catalog;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Gives a space or collection another name. */
@Command(name = "rename", description = "Give a space or collection another name, or one more.")
final class RenameCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(index = "0", paramLabel = "NAME", description = "The name that it has.")
  String name = "";

  @Parameters(index = "1", paramLabel = "NEW", description = "The name that it gets.")
  String newName = "";

  @Option(names = "--alias", description = "It keeps its name, too.")
  boolean alias;

  @Override
  public Integer call() {
    try (Session session = cli.open()) {
      Catalog catalog = session.engram().catalog();
      // An alias says which one is meant, and stays.
      String known = CollectionsCommand.find(catalog, name).name();
      if (alias) {
        catalog.alias(newName, name);
      } else {
        catalog.rename(name, newName);
      }
      cli.done(
          Json.object("name", known, "newName", newName, "alias", alias),
          alias ? known + " is also " + newName : known + " is " + newName + " now");
    }
    return ExitCode.OK;
  }
}
