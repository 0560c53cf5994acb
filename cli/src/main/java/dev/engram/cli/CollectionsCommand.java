package dev.engram.cli;

import dev.engram.Catalog;
import dev.engram.CollectionInfo;
import dev.engram.IndexInfo;
import dev.engram.NotFoundException;
import dev.engram.Quantization;
import java.io.PrintStream;
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
import tools.jackson.databind.node.ObjectNode;

/** Lists what is in a store, and sets how well it is searched. */
@Command(name = "collections", description = "List the memory spaces and collections of the store.")
final class CollectionsCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Option(
      names = "--indexes",
      description = "Also what the vector index of each collection is like; loads it.")
  boolean indexes;

  @Option(
      names = "--recall-target",
      paramLabel = "SHARE",
      description =
          "Set which share of the nearest vectors searches of these find where they do not say"
              + " otherwise, above 0 to 1.")
  @Nullable Double recallTarget;

  @Option(
      names = "--quantization",
      paramLabel = "BITS",
      converter = QuantizationBits.class,
      description =
          "Set how many bits of a component the indexes of these rank by: 2, 4, 8, or none for"
              + " whole vectors. An index that is open is written anew in the background, others"
              + " when they are used.")
  @Nullable Quantization quantization;

  @Parameters(arity = "0..*", paramLabel = "NAME", description = "Only these; default: all.")
  List<String> names = List.of();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    requireNames("--recall-target", recallTarget);
    requireNames("--quantization", quantization);
    try (Session session = cli.open()) {
      Catalog catalog = session.engram().catalog();
      if (recallTarget != null) {
        names.forEach(name -> catalog.recallTarget(name, recallTarget));
      }
      if (quantization != null) {
        names.forEach(name -> catalog.quantization(name, quantization));
      }
      List<CollectionInfo> all =
          names.isEmpty() ? catalog.list() : names.stream().map(n -> find(catalog, n)).toList();
      PrintStream out = cli.console().out();
      if (cli.json()) {
        all.forEach(info -> Json.print(out, json(session, info)));
      } else {
        all.forEach(info -> {
          print(out, info);
          if (hasIndex(info)) {
            print(out, session.engram().collection(info.name()).index());
          }
        });
      }
      if (all.isEmpty()) {
        cli.say("the store is empty");
      }
    }
    return ExitCode.OK;
  }

  private void requireNames(String option, @Nullable Object value) {
    if (value != null && names.isEmpty()) {
      throw new ParameterException(spec.commandLine(), option + ": say of which, by NAME");
    }
  }

  /** What is known of a space or collection, by name or alias. */
  static CollectionInfo find(Catalog catalog, String name) {
    return catalog
        .describe(name)
        .orElseThrow(() -> new NotFoundException("no such collection or space: name=" + name));
  }

  private static void print(PrintStream out, CollectionInfo info) {
    out.printf(
        Locale.ROOT,
        "%-24s %-10s %10d  %s%s%n",
        info.name(),
        kind(info),
        info.count(),
        vectors(info),
        info.aliases().isEmpty() ? "" : "  also " + String.join(", ", info.aliases()));
  }

  private boolean hasIndex(CollectionInfo info) {
    return indexes
        && info.kind() == CollectionInfo.Kind.COLLECTION
        && info.config().dimension() > 0;
  }

  private static void print(PrintStream out, IndexInfo index) {
    out.printf(
        Locale.ROOT,
        "  index: %d vectors; tail %d, fresh %d, partitioned %d; looks into %d of %d partitions for"
            + " a recall of %.3f, measured %.3f; ranks by %s; %.1f MiB in files, %.1f MiB in"
            + " memory%s%n",
        index.vectors(),
        index.tail(),
        index.fresh(),
        index.partitioned(),
        index.probes(),
        index.partitions(),
        index.recallTarget(),
        index.measuredRecall(),
        rows(index.quantization()),
        index.mappedBytes() / (double) (1 << 20),
        index.heapBytes() / (double) (1 << 20),
        index.settled() ? "" : "; being improved, " + index.outdated() + " to be coded anew");
  }

  private static String vectors(CollectionInfo info) {
    int dimension = info.config().dimension();
    if (dimension == 0) {
      return info.embedder().orElse("no vectors");
    }
    return info.embedder().orElse("dimension " + dimension)
        + ", "
        + rows(info.config().quantization());
  }

  private static String rows(Quantization quantization) {
    return quantization == Quantization.NONE ? "whole vectors" : quantization.bits() + " bits";
  }

  private ObjectNode json(Session session, CollectionInfo info) {
    ObjectNode node =
        Json.object(
            "name", info.name(),
            "kind", kind(info),
            "count", info.count(),
            "dimension", info.config().dimension(),
            "metric", MetricName.name(info.config().metric()),
            "language", info.config().language(),
            "recallTarget", info.config().recallTarget(),
            "quantization", QuantizationBits.name(info.config().quantization()),
            "resident", info.config().resident(),
            "createdAt", info.createdAt().toString(),
            "aliases", info.aliases());
    info.embedder().ifPresent(name -> node.put("embedder", name));
    if (hasIndex(info)) {
      node.set("index", json(session.engram().collection(info.name()).index()));
    }
    return node;
  }

  private static ObjectNode json(IndexInfo index) {
    return Json.object(
        "quantization", QuantizationBits.name(index.quantization()),
        "outdated", index.outdated(),
        "vectors", index.vectors(),
        "tail", index.tail(),
        "fresh", index.fresh(),
        "partitioned", index.partitioned(),
        "partitions", index.partitions(),
        "probes", index.probes(),
        "recallTarget", index.recallTarget(),
        "measuredRecall", index.measuredRecall(),
        "heapBytes", index.heapBytes(),
        "mappedBytes", index.mappedBytes(),
        "hotBytes", index.hotBytes(),
        "settled", index.settled());
  }

  private static String kind(CollectionInfo info) {
    return info.kind().name().toLowerCase(Locale.ROOT);
  }
}
