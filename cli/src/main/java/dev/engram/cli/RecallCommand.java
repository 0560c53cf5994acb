package dev.engram.cli;

import dev.engram.Filter;
import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.Recall;
import dev.engram.Recollection;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
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
      "  engram recall kettle --where \"user = 'alice' and year >= 2020\" --explain"
    })
final class RecallCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(paramLabel = "QUESTION", description = "A question or a topic, in words.")
  String question = "";

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Most memories to print; 10 unless given.")
  int limit = 10;

  @Option(
      names = "--where",
      paramLabel = "FILTER",
      description =
          "Only memories whose metadata match, such as \"year >= 2020 and not tag in ('a', 'b')\".")
  @Nullable String where;

  @Mixin ScopeOptions scope = new ScopeOptions();

  @Option(names = "--explain", description = "Print how each score came about.")
  boolean explain;

  @Override
  public Integer call() {
    Recall recall = recall();
    try (Session session = cli.openWithEmbedder(false)) {
      MemorySpace space = session.space(cli.spaceName());
      List<Recollection> found = space.recall(recall);
      print(found);
      if (found.isEmpty()) {
        cli.say("nothing found");
      }
      warn(session, space);
    }
    return ExitCode.OK;
  }

  private Recall recall() {
    Recall recall = Recall.about(question).limit(limit);
    recall = where == null ? recall : recall.where(Filter.parse(where));
    recall = scope.user == null ? recall : recall.user(scope.user);
    recall = scope.agent == null ? recall : recall.agent(scope.agent);
    return scope.session == null ? recall : recall.session(scope.session);
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
  }

  private void printText(PrintStream out, int rank, Recollection hit) {
    Memory memory = hit.memory();
    out.printf(Locale.ROOT, "%d. %.3f  %s", rank, hit.score(), memory.id());
    memory.provenance().ifPresent(origin -> out.print("  (" + origin + ")"));
    out.println();
    memory.text().lines().forEach(line -> out.println("   " + line));
    if (explain) {
      Explained.print(out, hit.explanation());
    }
  }

  private ObjectNode json(Recollection hit) {
    ObjectNode node = Json.object("score", hit.score());
    node.setAll(Json.memory(hit.memory()));
    if (explain) {
      node.set("explanation", Json.object("explanation", hit.explanation()).get("explanation"));
    }
    return node;
  }
}
