package dev.engram.cli;

import dev.engram.Learning;
import dev.engram.Memory;
import dev.engram.RecordId;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Learns one text in place of several memories. */
@Command(
    name = "merge",
    sortOptions = false,
    description = {
      "Learn a text in place of several memories, and print its id.",
      "They hold no more from then on and are kept; synapses DERIVED_FROM lead to them."
    },
    footer = {
      "%nExample:",
      "  engram merge tea coffee --text \"Alice drinks green tea, and coffee on Mondays\""
    })
final class MergeCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(arity = "2..*", paramLabel = "ID", description = "The memories that it sums up.")
  List<String> ids = List.of();

  @Option(
      names = "--text",
      required = true,
      paramLabel = "TEXT",
      description = "What to learn in their place; - reads it from standard input.")
  String text = "";

  @Option(
      names = "--meta",
      paramLabel = "KEY=VALUE",
      description = "Metadata of the new memory, as often as needed; see 'engram help learn'.")
  Map<String, String> meta = new LinkedHashMap<>();

  @Mixin ScopeOptions scope = new ScopeOptions();

  @Option(names = "--id", paramLabel = "ID", description = "The id of the new memory.")
  @Nullable String id;

  @Override
  public Integer call() throws IOException {
    String words = text.equals("-") ? cli.console().readAll().strip() : text;
    Learning learning = Learning.of(words).withMetadata(scope.in(MetaValue.metadata(meta)));
    Learning named = id == null ? learning : learning.withId(RecordId.parse(id));
    List<RecordId> originals = ids.stream().map(RecordId::parse).toList();
    try (Session session = cli.openWithEmbedder(false)) {
      Memory memory = session.space(cli.spaceName()).merge(originals, named);
      if (cli.json()) {
        Json.print(cli.console().out(), Json.memory(memory));
      } else {
        cli.console().out().println(memory.id());
      }
    }
    return ExitCode.OK;
  }
}
