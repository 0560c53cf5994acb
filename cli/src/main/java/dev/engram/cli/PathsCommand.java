package dev.engram.cli;

import dev.engram.PathRecall;
import dev.engram.PathRecollection;
import dev.engram.RecordId;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Follows paths from a memory. */
@Command(
    name = "paths",
    sortOptions = false,
    description = {
      "Print what a memory leads to along synapses, best first, and the path to each.",
      "Relevance falls with each step; what was used lately counts more."
    },
    footer = {"%nExamples:", "  engram paths tea", "  engram paths tea --max-path 2 --limit 5"})
final class PathsCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(paramLabel = "ID", description = "Where the paths begin.")
  String id = "";

  @Option(
      names = "--min-relevance",
      paramLabel = "RELEVANCE",
      description = "From which on a memory is found and leads on, above 0 to 1; 0.1 unless given.")
  @Nullable Double minRelevance;

  @Option(
      names = "--max-path",
      paramLabel = "N",
      description = "Most synapses on a path; 3 unless given.")
  @Nullable Integer maxPath;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Most memories to print; 10 unless given.")
  @Nullable Integer limit;

  @Override
  public Integer call() {
    PathRecall recall = recall();
    try (Session session = cli.open()) {
      List<PathRecollection> found = session.space(cli.spaceName()).recall(recall);
      print(found);
      if (found.isEmpty()) {
        cli.say("nothing found");
      }
    }
    return ExitCode.OK;
  }

  private PathRecall recall() {
    PathRecall recall = PathRecall.from(RecordId.parse(id));
    recall = minRelevance == null ? recall : recall.minRelevance(minRelevance);
    recall = maxPath == null ? recall : recall.maxPath(maxPath);
    return limit == null ? recall : recall.limit(limit);
  }

  private void print(List<PathRecollection> found) {
    PrintStream out = cli.console().out();
    int rank = 0;
    for (PathRecollection each : found) {
      rank++;
      if (cli.json()) {
        Json.print(
            out,
            MemoryLines.json(
                Json.object("score", each.score(), "connectionStrength", each.connectionStrength()),
                each.memory(),
                each.path()));
      } else {
        MemoryLines.print(out, rank, each.score(), each.memory(), each.path());
      }
    }
  }
}
