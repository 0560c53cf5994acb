package dev.engram.cli;

import dev.engram.CollectionInfo;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.node.ObjectNode;

/** Lists what is in a store. */
@Command(name = "collections", description = "List the memory spaces and collections of the store.")
final class CollectionsCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Override
  public Integer call() {
    try (Session session = cli.open()) {
      List<CollectionInfo> all = session.engram().catalog().list();
      PrintStream out = cli.console().out();
      if (cli.json()) {
        all.forEach(info -> Json.print(out, json(info)));
      } else {
        all.forEach(info -> print(out, info));
      }
      if (all.isEmpty()) {
        cli.say("the store is empty");
      }
    }
    return ExitCode.OK;
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

  private static String vectors(CollectionInfo info) {
    int dimension = info.config().dimension();
    return info.embedder().orElse(dimension == 0 ? "no vectors" : "dimension " + dimension);
  }

  private static ObjectNode json(CollectionInfo info) {
    ObjectNode node =
        Json.object(
            "name", info.name(),
            "kind", kind(info),
            "count", info.count(),
            "dimension", info.config().dimension(),
            "metric", info.config().metric().name().toLowerCase(Locale.ROOT),
            "language", info.config().language(),
            "recallTarget", info.config().recallTarget(),
            "createdAt", info.createdAt().toString(),
            "aliases", info.aliases());
    info.embedder().ifPresent(name -> node.put("embedder", name));
    return node;
  }

  private static String kind(CollectionInfo info) {
    return info.kind().name().toLowerCase(Locale.ROOT);
  }
}
