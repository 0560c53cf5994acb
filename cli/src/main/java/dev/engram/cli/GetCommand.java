package dev.engram.cli;

import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.NotFoundException;
import dev.engram.PastSpace;
import dev.engram.RecordId;
import java.io.PrintStream;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Prints one memory. */
@Command(name = "get", description = "Print a memory: its text, and what is known of it.")
final class GetCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(paramLabel = "ID", description = "The id that 'learn' or 'recall' printed.")
  String id = "";

  @Option(
      names = "--as-of",
      paramLabel = "INSTANT",
      converter = InstantOption.class,
      description = "As it was on record then: 2026-01-31T12:00:00Z, or a day in UTC.")
  @Nullable Instant asOf;

  @Override
  public Integer call() {
    try (Session session = cli.open()) {
      MemorySpace space = session.space(cli.spaceName());
      Memory memory = find(space).orElseThrow(() -> notFound(id, cli.spaceName()));
      if (cli.json()) {
        Json.print(cli.console().out(), Json.memory(memory));
      } else {
        print(cli.console().out(), memory);
      }
    }
    return ExitCode.OK;
  }

  private Optional<Memory> find(MemorySpace space) {
    if (asOf == null) {
      return space.get(RecordId.parse(id));
    }
    try (PastSpace past = space.asOf(asOf)) {
      return past.get(RecordId.parse(id));
    }
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
    memory.validFrom().ifPresent(time -> out.println("holds     from " + time));
    memory.validUntil().ifPresent(time -> out.println("holds     until " + time));
    out.println("accesses  " + memory.accessCount() + ", the last at " + memory.lastAccessed());
    String pinned = memory.pinned() ? ", pinned" : "";
    out.printf(Locale.ROOT, "important %.3f%s%n", memory.importance(), pinned);
  }
}
