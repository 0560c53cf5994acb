package dev.engram.cli;

import dev.engram.Learning;
import dev.engram.RecordId;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The memory that takes the place of others. */
final class ReplacementOptions {
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

  @Option(
      names = "--valid-from",
      paramLabel = "INSTANT",
      converter = InstantOption.class,
      description = "Since when the new memory holds, and no other any more: now, unless given.")
  @Nullable Instant validFrom;

  Learning learning(Cli cli) throws IOException {
    String words = text.equals("-") ? cli.console().readAll().strip() : text;
    Learning learning = Learning.of(words).withMetadata(scope.in(MetaValue.metadata(meta)));
    learning = validFrom == null ? learning : learning.validFrom(validFrom);
    return id == null ? learning : learning.withId(RecordId.parse(id));
  }
}
