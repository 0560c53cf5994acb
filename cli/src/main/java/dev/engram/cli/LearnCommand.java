package dev.engram.cli;

import dev.engram.Learning;
import dev.engram.Memory;
import dev.engram.Metadata;
import dev.engram.NearDuplicates;
import dev.engram.Provenance;
import dev.engram.RecordId;
import dev.engram.Scope;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Learns one text. */
@Command(
    name = "learn",
    sortOptions = false,
    description = {
      "Learn a text and print its id. Makes the store and the space where there are none.",
      "A text that is there already keeps its id and counts one more access."
    })
final class LearnCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(paramLabel = "TEXT", description = "What to learn; - reads it from standard input.")
  String text = "";

  @Option(
      names = "--meta",
      paramLabel = "KEY=VALUE",
      description =
          "Metadata, as often as needed. true, 42, 4.5 and @2026-01-31T12:00:00Z are what they look"
              + " like, everything else and '42' is text.")
  Map<String, String> meta = new LinkedHashMap<>();

  @Mixin ScopeOptions scope = new ScopeOptions();

  @Option(
      names = "--id",
      paramLabel = "ID",
      description =
          "An id of your own: text, a number or a UUID. An id in use is learned anew, and used.")
  @Nullable String id;

  @Option(names = "--source", paramLabel = "WHERE", description = "Where the text comes from.")
  @Nullable String source;

  @Option(
      names = "--position",
      paramLabel = "PLACE",
      description = "The place in the source, such as a line.")
  String position = "";

  @Option(names = "--speaker", paramLabel = "NAME", description = "Who said it.")
  @Nullable String speaker;

  @Option(
      names = "--occurred-at",
      paramLabel = "INSTANT",
      converter = InstantOption.class,
      description = "When what it tells of happened: 2026-01-31T12:00:00Z, or a day in UTC.")
  @Nullable Instant occurredAt;

  @Option(
      names = "--valid-from",
      paramLabel = "INSTANT",
      converter = InstantOption.class,
      description = "Since when it holds; always, unless given.")
  @Nullable Instant validFrom;

  @Option(
      names = "--valid-until",
      paramLabel = "INSTANT",
      converter = InstantOption.class,
      description = "Until when it holds; for ever, unless given.")
  @Nullable Instant validUntil;

  @Option(
      names = "--near-duplicates",
      paramLabel = "ACTION",
      converter = NearDuplicateAction.class,
      description = {
        "Where nearly the same is there: keep both, reinforce what is there and print",
        "its id, or link both by a synapse; keep unless given."
      })
  NearDuplicates.Action nearDuplicates = NearDuplicates.Action.KEEP;

  @Mixin LikenessOptions likeness = new LikenessOptions();

  @Option(
      names = "--guard-recall-loop",
      description = "What a recent recall returned is no news: print its id, learn nothing.")
  boolean guardRecallLoop;

  @Option(
      names = "--relations",
      paramLabel = "NAMES",
      converter = AutoRelations.class,
      description = {
        "Synapses to make: similar, temporal, hierarchy and session, with commas",
        "between, or none; what the space does unless given."
      })
  AutoRelations.@Nullable Chosen relations;

  @Override
  public Integer call() throws IOException {
    Learning learning = learning(text.equals("-") ? cli.console().readAll().strip() : text);
    try (Session session = cli.openWithEmbedder(true)) {
      Memory memory = session.engram().space(cli.spaceName()).learn(learning);
      cli.printLearned(memory);
    }
    return ExitCode.OK;
  }

  private Learning learning(String given) {
    Learning learning =
        Learning.of(given).withMetadata(metadata()).onNearDuplicate(likeness.of(nearDuplicates));
    learning = guardRecallLoop ? learning.guardRecallLoop(true) : learning;
    learning = relations == null ? learning : learning.relations(relations.relations());
    if (id != null) {
      learning = learning.withId(RecordId.parse(id));
    }
    learning = occurredAt == null ? learning : learning.occurredAt(occurredAt);
    learning = validFrom == null ? learning : learning.validFrom(validFrom);
    learning = validUntil == null ? learning : learning.validUntil(validUntil);
    return source == null ? learning : learning.from(new Provenance(source, position));
  }

  private Metadata metadata() {
    return ScopeOptions.with(scope.in(MetaValue.metadata(meta)), Scope.SPEAKER, speaker);
  }
}
