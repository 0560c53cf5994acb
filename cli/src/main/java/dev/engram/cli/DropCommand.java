package dev.engram.cli;

import dev.engram.Catalog;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Drops spaces and collections. */
@Command(
    name = "drop",
    description = {
      "Drop spaces or collections with everything in them.",
      "Only an earlier snapshot or backup brings them back. In an encrypted store 'engram keys"
          + " shred' then lets nobody read what is left of them."
    })
final class DropCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(arity = "1..*", paramLabel = "NAME", description = "Which ones, by name or alias.")
  List<String> names = List.of();

  @Override
  public Integer call() {
    try (Session session = cli.open()) {
      Catalog catalog = session.engram().catalog();
      // Where one is mistyped, none is dropped.
      names.forEach(name -> CollectionsCommand.find(catalog, name));
      for (String name : names) {
        boolean _ = catalog.drop(name);
        cli.done(Json.object("dropped", name), "dropped " + name);
      }
    }
    return ExitCode.OK;
  }
}
