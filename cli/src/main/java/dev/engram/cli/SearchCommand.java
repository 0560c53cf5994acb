package dev.engram.cli;

import dev.engram.Filter;
import dev.engram.InvalidInputException;
import dev.engram.RecordId;
import dev.engram.Search;
import dev.engram.SearchHit;
import dev.engram.SearchPlan;
import dev.engram.VectorCollection;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Searches a collection. */
@Command(
    name = "search",
    sortOptions = false,
    description =
        "Print the records of a collection that are nearest, or that match words, best first.",
    footer = {
      "%nExamples:",
      "  engram search docs --vector \"[0.1, 0.7, 0.2]\" --where \"year >= 2020\"",
      "  engram search docs --vector query.json --text kettle --limit 5 --explain",
      "  engram search docs --like a --unlike b"
    })
final class SearchCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "COLLECTION", description = "The collection to search.")
  String collection = "";

  @Option(
      names = "--vector",
      paramLabel = "VECTOR",
      description = "Near this vector: a JSON list of numbers, a file with one, or - for stdin.")
  @Nullable String vector;

  @Option(
      names = "--text",
      paramLabel = "WORDS",
      description = "With these words; beside --vector both rankings are joined.")
  @Nullable String text;

  @Option(
      names = "--like",
      paramLabel = "ID",
      description = "Like this record, by their vectors; may be given more than once.")
  List<String> like = List.of();

  @Option(names = "--unlike", paramLabel = "ID", description = "And unlike this one.")
  List<String> unlike = List.of();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Most records to print; 10 unless given.")
  int limit = 10;

  @Option(
      names = "--where",
      paramLabel = "FILTER",
      description =
          "Only records whose metadata match, such as \"year >= 2020 and not tag in ('a', 'b')\".")
  @Nullable String where;

  @Option(
      names = "--min-score",
      paramLabel = "SCORE",
      description = "Only records of at least this score.")
  @Nullable Double minScore;

  @Option(
      names = "--recall",
      paramLabel = "SHARE",
      description = "The share of the nearest to find, above 0 and up to 1; the collection's else.")
  @Nullable Double recall;

  @Option(names = "--exact", description = "Miss nothing: --recall 1.")
  boolean exact;

  @Option(
      names = "--diversity",
      paramLabel = "LAMBDA",
      description = "Prefer records that are unlike each other; 1 not at all, 0 only that.")
  @Nullable Double diversity;

  @Option(
      names = "--verify",
      description = "Compare every record found with what the log holds before it is printed.")
  boolean verify;

  @Option(
      names = "--explain",
      description = "Print how each score came about, and how the search was made.")
  boolean explain;

  @Override
  public Integer call() throws IOException {
    Search search = search();
    try (Session session = cli.open()) {
      VectorCollection source = session.engram().collection(collection);
      List<SearchHit> hits = source.search(search);
      print(hits);
      if (hits.isEmpty()) {
        cli.say("nothing found");
      }
      if (explain) {
        print(source.explain(search));
      }
    }
    return ExitCode.OK;
  }

  private Search search() throws IOException {
    Search search = asked().limit(limit);
    search = where == null ? search : search.where(Filter.parse(where));
    search = minScore == null ? search : search.minScore(minScore);
    search = recall == null ? search : search.recall(recall);
    search = diversity == null ? search : search.diversity(diversity);
    search = verify ? search.verified() : search;
    return exact ? search.exact() : search;
  }

  private Search asked() throws IOException {
    boolean byExample = !like.isEmpty();
    if (byExample == (vector != null || text != null) || (!byExample && !unlike.isEmpty())) {
      throw new ParameterException(
          spec.commandLine(),
          "give --vector, --text or both, or else --like with or without --unlike");
    }
    if (byExample) {
      return Search.like(ids(like), ids(unlike));
    }
    if (vector == null) {
      return Search.text(String.valueOf(text));
    }
    float[] query = vector(vector);
    return text == null ? Search.nearest(query) : Search.hybrid(query, text);
  }

  private static List<RecordId> ids(List<String> texts) {
    return texts.stream().map(RecordId::parse).toList();
  }

  private float[] vector(String given) throws IOException {
    String json = given;
    if (given.equals("-")) {
      json = cli.console().readAll();
    } else if (!given.strip().startsWith("[")) {
      json = Files.readString(Path.of(given));
    }
    JsonNode numbers;
    try {
      numbers = Json.parse(json);
    } catch (JacksonException e) {
      throw new InvalidInputException("invalid vector: it is not JSON; write [0.1, 0.7, 0.2]");
    }
    return JsonRecords.vector(numbers);
  }

  private void print(List<SearchHit> hits) {
    PrintStream out = cli.console().out();
    int rank = 0;
    for (SearchHit hit : hits) {
      rank++;
      if (cli.json()) {
        Json.print(out, json(hit));
      } else {
        print(out, rank, hit);
      }
    }
  }

  private void print(PrintStream out, int rank, SearchHit hit) {
    out.printf(Locale.ROOT, "%d. %.3f  %s%n", rank, hit.score(), hit.id());
    hit.record().text().ifPresent(t -> t.lines().forEach(line -> out.println("   " + line)));
    if (explain) {
      Explained.print(out, hit.explanation());
    }
  }

  private ObjectNode json(SearchHit hit) {
    ObjectNode node = Json.object("score", hit.score());
    node.setAll(Json.record(hit.record(), false));
    if (explain) {
      node.set("explanation", Json.object("explanation", hit.explanation()).get("explanation"));
    }
    return node;
  }

  private void print(SearchPlan plan) {
    if (cli.json()) {
      Json.print(cli.console().out(), Json.object("plan", plan));
    } else {
      Explained.print(cli.console().out(), plan);
    }
  }
}
