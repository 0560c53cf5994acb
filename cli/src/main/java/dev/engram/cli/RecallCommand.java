package dev.engram.cli;

import dev.engram.Filter;
import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.PastSpace;
import dev.engram.Recall;
import dev.engram.Recall.Arm;
import dev.engram.RecallProfile;
import dev.engram.Recollection;
import dev.engram.RecordId;
import dev.engram.WhyNot;
import java.io.PrintStream;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.node.ObjectNode;

/** Asks a space a question. */
@Command(
    name = "recall",
    sortOptions = false,
    description = "Print what the space knows about a question, best first.",
    footer = {
      "%nExamples:",
      "  engram recall \"where is the kettle?\"",
      "  engram recall kettle --where \"user = 'alice' and year >= 2020\" --explain",
      "  engram recall \"what did Ida plant?\" --since 2026-03-01 --tokens 2000",
      "  engram recall kettle --why-not 0199c0de-0000-7000-8000-000000000001"
    })
final class RecallCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(
      paramLabel = "QUESTION",
      arity = "0..1",
      description = "A question or a topic, in words.")
  @Nullable String question;

  @Option(
      names = "--like",
      paramLabel = "ID",
      description = "What is like this memory, instead of a question.")
  @Nullable String like;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Most memories to print; 10 unless given, or 200 with --tokens.")
  @Nullable Integer limit;

  @Option(
      names = "--min-score",
      paramLabel = "SCORE",
      description = "Nothing whose score, as --explain prints it, is lower.")
  @Nullable Double minScore;

  @Option(
      names = "--where",
      paramLabel = "FILTER",
      description =
          "Only memories whose metadata match, such as \"year >= 2020 and not tag in ('a', 'b')\".")
  @Nullable String where;

  @Mixin ScopeOptions scope = new ScopeOptions();

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      converter = ProfileOption.class,
      description = "conversation or notes; the space chooses unless given.")
  @Nullable RecallProfile profile;

  @Option(
      names = "--since",
      paramLabel = "INSTANT",
      converter = InstantOption.class,
      description = "Only what happened then or later: 2026-01-31T12:00:00Z, or a day in UTC.")
  @Nullable Instant since;

  @Option(
      names = "--until",
      paramLabel = "INSTANT",
      converter = InstantOption.class,
      description = "Only what happened before.")
  @Nullable Instant until;

  @Option(
      names = "--between",
      paramLabel = "INSTANT",
      arity = "2",
      converter = InstantOption.class,
      description = "The same as --since FIRST --until SECOND.")
  @Nullable List<Instant> between;

  @Option(
      names = "--as-of",
      paramLabel = "INSTANT",
      converter = InstantOption.class,
      description = "Answer by what was on record then.")
  @Nullable Instant asOf;

  @Option(
      names = "--tokens",
      paramLabel = "N",
      description =
          "Print as much as fits into N tokens of about 4 characters, and nothing nearly twice.")
  @Nullable Integer tokens;

  @Option(
      names = "--weight",
      paramLabel = "ARM=WEIGHT",
      converter = ArmOption.class,
      description =
          "What an arm counts, such as recency=0, instead of the profile's weight; may be repeated."
              + " Arms are named as --explain prints them.")
  Map<Arm, Double> weights = new EnumMap<>(Arm.class);

  @Option(
      names = "--primed",
      description = "What is in working memory brings to mind what it is associated with.")
  boolean primed;

  @Option(
      names = "--valid-at",
      paramLabel = "INSTANT",
      converter = InstantOption.class,
      description = "What held then, as it is known today, instead of what holds now.")
  @Nullable Instant validAt;

  @Option(
      names = "--any-validity",
      description = "Also what does not hold any more, such as what was superseded, or not yet.")
  boolean anyValidity;

  @Option(
      names = "--why-not",
      paramLabel = "ID",
      description = "Print what keeps this memory out of the answer, instead of the answer.")
  @Nullable String whyNot;

  @Option(
      names = "--reinforce",
      description = "What is found is used: it is strengthened, not only counted.")
  boolean reinforce;

  @Option(names = "--untouched", description = "Nothing that is found is counted as used.")
  boolean untouched;

  @Option(
      names = "--explain",
      description = "Print how each score came about, and the operation, for 'engram feedback'.")
  boolean explain;

  @Override
  public Integer call() {
    Recall recall = recall();
    try (Session session = cli.openWithEmbedder(false)) {
      MemorySpace space = session.space(cli.spaceName());
      if (whyNot != null) {
        print(space.whyNot(RecordId.parse(whyNot), recall));
        return ExitCode.OK;
      }
      List<Recollection> found = recall(space, recall);
      print(found);
      if (found.isEmpty()) {
        cli.say("nothing found");
      }
      warn(session, space);
    }
    return ExitCode.OK;
  }

  private List<Recollection> recall(MemorySpace space, Recall recall) {
    if (asOf == null) {
      return space.recall(recall);
    }
    try (PastSpace past = space.asOf(asOf)) {
      return past.recall(recall);
    }
  }

  private Recall recall() {
    Recall recall = inTime(asked());
    recall = where == null ? recall : recall.where(Filter.parse(where));
    recall = scope.user == null ? recall : recall.user(scope.user);
    recall = scope.agent == null ? recall : recall.agent(scope.agent);
    recall = scope.session == null ? recall : recall.session(scope.session);
    recall = profile == null ? recall : recall.profile(profile);
    for (Map.Entry<Arm, Double> each : weights.entrySet()) {
      recall = recall.weight(each.getKey(), each.getValue());
    }
    recall = recall.primed(primed).anyValidity(anyValidity);
    recall = reinforce ? recall.reinforce() : recall;
    recall = untouched ? recall.untouched() : recall;
    recall = validAt == null ? recall : recall.validAt(validAt);
    recall = minScore == null ? recall : recall.minScore(minScore);
    recall = tokens == null ? recall : recall.tokens(tokens);
    return limit == null ? recall : recall.limit(limit);
  }

  private Recall asked() {
    if ((question == null) == (like == null)) {
      throw wrong("give a question, or --like ID");
    }
    if (reinforce && untouched) {
      throw wrong("give --reinforce, or --untouched");
    }
    return like != null
        ? Recall.like(RecordId.parse(like))
        : Recall.about(Objects.requireNonNull(question));
  }

  private ParameterException wrong(String message) {
    return new ParameterException(cli.spec.commandLine().getSubcommands().get("recall"), message);
  }

  private Recall inTime(Recall recall) {
    if (between != null) {
      return recall.between(between.getFirst(), between.getLast());
    }
    Recall from = since == null ? recall : recall.since(since);
    return until == null ? from : from.until(until);
  }

  private void print(WhyNot answer) {
    PrintStream out = cli.console().out();
    if (cli.json()) {
      ObjectNode node =
          Json.object(
              "id",
              answer.id().toString(),
              "verdict",
              answer.verdict().name(),
              "reason",
              answer.reason());
      answer.rank().ifPresent(rank -> node.put("rank", rank));
      answer.score().ifPresent(score -> node.put("score", score));
      answer.leastScore().ifPresent(score -> node.put("leastScore", score));
      answer
          .explanation()
          .ifPresent(
              why -> node.set("explanation", Json.object("explanation", why).get("explanation")));
      Json.print(out, node);
      return;
    }
    out.println(answer.id() + ": " + answer.reason());
    answer.explanation().ifPresent(why -> Explained.print(out, why));
  }

  private void warn(Session session, MemorySpace space) {
    if (session.embedder() != null && space.pending() > 0) {
      cli.say(space.pending() + " memories have no vector yet; 'engram embed' makes them");
    }
  }

  private void print(List<Recollection> found) {
    PrintStream out = cli.console().out();
    int rank = 0;
    for (Recollection hit : found) {
      rank++;
      if (cli.json()) {
        Json.print(out, json(hit));
      } else {
        printText(out, rank, hit);
      }
    }
    if (explain && !untouched && !cli.json() && !found.isEmpty()) {
      out.println("operation: " + found.getFirst().operation());
    }
  }

  private void printText(PrintStream out, int rank, Recollection hit) {
    Memory memory = hit.memory();
    out.printf(Locale.ROOT, "%d. %.3f  %s", rank, hit.score(), memory.id());
    memory.provenance().ifPresent(origin -> out.print("  (" + origin + ")"));
    out.println();
    memory.text().lines().forEach(line -> out.println("   " + line));
    printIds(out, "contradicted by", hit.contradictedBy());
    printIds(out, "superseded by", hit.supersededBy());
    if (explain) {
      Explained.print(out, hit.explanation());
    }
  }

  private static void printIds(PrintStream out, String what, List<RecordId> ids) {
    if (!ids.isEmpty()) {
      out.println("   ! " + what + " " + String.join(", ", MemoryLines.ids(ids)));
    }
  }

  private static void putIds(ObjectNode node, String name, List<RecordId> ids) {
    if (!ids.isEmpty()) {
      node.setAll(Json.object(name, MemoryLines.ids(ids)));
    }
  }

  private ObjectNode json(Recollection hit) {
    ObjectNode node = Json.object("score", hit.score(), "operation", hit.operation().toString());
    node.setAll(Json.memory(hit.memory()));
    putIds(node, "contradictedBy", hit.contradictedBy());
    putIds(node, "supersededBy", hit.supersededBy());
    if (explain) {
      node.set("explanation", Json.object("explanation", hit.explanation()).get("explanation"));
    }
    return node;
  }
}
