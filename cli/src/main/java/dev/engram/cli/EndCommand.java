package dev.engram.cli;

import dev.engram.Memory;
import dev.engram.RecordId;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Says until when memories hold. */
@Command(
    name = "end",
    description = {
      "Say until when memories hold; one that holds shorter already keeps that. All or none.",
      "They are kept: 'recall --any-validity' and '--valid-at' find them."
    },
    footer = {"%nExamples:", "  engram end address", "  engram end address --at 2026-05-01"})
final class EndCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(arity = "1..*", paramLabel = "ID", description = "The memories.")
  List<String> ids = List.of();

  @Option(
      names = "--at",
      paramLabel = "INSTANT",
      converter = InstantOption.class,
      description = "When they end; now, unless given.")
  @Nullable Instant at;

  @Override
  public Integer call() {
    Instant until = at == null ? Instant.now() : at;
    try (Session session = cli.open()) {
      List<Memory> ended =
          session.transact(
              cli.spaceName(),
              space ->
                  ids.stream().map(id -> space.endValidity(RecordId.parse(id), until)).toList());
      for (Memory memory : ended) {
        cli.done(Json.memory(memory), "ended: " + memory.id());
      }
    }
    return ExitCode.OK;
  }
}
