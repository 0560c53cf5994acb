package dev.engram.cli;

import dev.engram.Memory;
import dev.engram.NotFoundException;
import dev.engram.RecordId;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Prints one memory. */
@Command(name = "get", description = "Print a memory: its text, and what is known of it.")
final class GetCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(paramLabel = "ID", description = "The id that 'learn' or 'recall' printed.")
  String id = "";

  @Override
  public Integer call() {
    try (Session session = cli.open()) {
      Memory memory =
          session
              .space(cli.spaceName())
              .get(RecordId.parse(id))
              .orElseThrow(() -> notFound(id, cli.spaceName()));
      if (cli.json()) {
        Json.print(cli.console().out(), Json.memory(memory));
      } else {
        print(cli.console().out(), memory);
      }
    }
    return ExitCode.OK;
  }

  static NotFoundException notFound(String id, String space) {
    return new NotFoundException("memory not found: id=" + id + ", space=" + space);
  }

  static void print(PrintStream out, Memory memory) {
    out.println(memory.text());
    out.println();
    out.println("id        " + memory.id());
    memory
        .metadata()
        .asMap()
        .forEach((key, value) -> out.println("meta      " + key + " = " + value));
    memory.provenance().ifPresent(origin -> out.println("source    " + origin));
    out.println("created   " + memory.createdAt());
    out.println("updated   " + memory.updatedAt());
    memory.expiresAt().ifPresent(expiry -> out.println("expires   " + expiry));
    out.println("accesses  " + memory.accessCount() + ", the last at " + memory.lastAccessed());
    String pinned = memory.pinned() ? ", pinned" : "";
    out.printf(Locale.ROOT, "important %.3f%s%n", memory.importance(), pinned);
  }
}
