package dev.engram.cli;

import dev.engram.EngramConfig;
import dev.engram.ExistsException;
import dev.engram.TransferReport;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** One collection or space of a backup or snapshot is brought back, and nothing else changes. */
final class OnlyOptions {
  @Option(
      names = "--only",
      required = true,
      paramLabel = "NAME",
      description =
          "Bring back this collection or space, into the store as it is: nothing else changes.")
  String name = "";

  @Option(
      names = "--as",
      paramLabel = "NAME",
      description = "With --only: its name in the store, where there must be none of that name.")
  @Nullable String newName;

  /**
   * Brings it back.
   *
   * @param restore makes a store of the backup or snapshot, in an empty directory
   */
  void run(Cli cli, Consumer<EngramConfig> restore) throws IOException {
    String here = newName == null ? name : newName;
    try (Session store = cli.open();
        Scratch copy = Scratch.within(cli.directory());
        ProgressLine progress = ProgressLine.of(cli)) {
      if (store.engram().catalog().describe(here).isPresent()) {
        throw new ExistsException(
            "the name is taken: name=" + here + "; give it another one with --as");
      }
      EngramConfig there = cli.config(copy.path());
      restore.accept(there);
      try (Session restored = Session.open(there)) {
        TransferReport done =
            store.engram().transfer().copy(restored.engram(), name, here, progress);
        cli.done(
            Json.object("name", here, "records", done.records(), "synapses", done.synapses()),
            "brought back "
                + here
                + ": "
                + done.records()
                + " records, "
                + done.synapses()
                + " synapses");
      }
    }
  }
}
