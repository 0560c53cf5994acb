package dev.engram.cli;

import dev.engram.InvalidInputException;
import dev.engram.RecordId;
import dev.engram.Synapse;
import java.io.IOException;
import java.io.PrintStream;
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
import tools.jackson.databind.node.ObjectNode;

/** Shows a memory and what surrounds it. */
@Command(
    name = "show",
    sortOptions = false,
    description = {
      "Print or draw a memory and what surrounds it, strongest first.",
      "In text it begins as 'get' does. A picture is one file that needs nothing else: rings by"
          + " the",
      "number of synapses, lines as wide as synapses are strong, dashed in the short term and"
          + " solid",
      "in the long term."
    },
    footer = {
      "%nExamples:",
      "  engram show tea",
      "  engram show tea --graph tea.svg",
      "  engram show tea --graph tea.html --hops 1 --memories 20"
    })
final class ShowCommand implements Callable<Integer> {
  private static final int MAX_HOPS = 4;
  private static final int MAX_MEMORIES = 300;
  private static final int TEXT = 60;

  @ParentCommand Cli cli = Parents.none();

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "ID", description = "The memory in the middle.")
  String id = "";

  @Option(
      names = "--graph",
      paramLabel = "FILE",
      description = "Draw it into this file, an .svg or .html, which is replaced.")
  @Nullable Path graph;

  @Option(
      names = "--hops",
      paramLabel = "N",
      description = "Synapses from the middle at most, 1 to " + MAX_HOPS + "; 2 unless given.")
  int hops = 2;

  @Option(
      names = "--memories",
      paramLabel = "N",
      description = "Memories at most, the strongest, 1 to " + MAX_MEMORIES + "; 60 unless given.")
  int memories = 60;

  @Override
  public Integer call() throws IOException {
    boolean html = graph != null && isHtml(graph);
    Neighbourhood.Bounds bounds = bounds();
    try (Session session = cli.open()) {
      Neighbourhood around =
          session.transact(
              cli.spaceName(), space -> Neighbourhood.of(space, RecordId.parse(id), bounds));
      if (graph == null) {
        print(around);
      } else {
        draw(around, graph, html);
      }
    }
    return ExitCode.OK;
  }

  private boolean isHtml(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    boolean html = name.endsWith(".html") || name.endsWith(".htm");
    if (!html && !name.endsWith(".svg")) {
      throw new ParameterException(
          spec.commandLine(), "--graph: name a file that ends in .svg or .html");
    }
    return html;
  }

  private Neighbourhood.Bounds bounds() {
    check("hops", hops, MAX_HOPS);
    check("memories", memories, MAX_MEMORIES);
    return new Neighbourhood.Bounds(hops, memories);
  }

  private static void check(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new InvalidInputException(
          "invalid neighbourhood: " + name + "=" + value + ", allowed=1.." + most);
    }
  }

  private void draw(Neighbourhood around, Path file, boolean html) throws IOException {
    GraphPicture picture = new GraphPicture(around);
    OutputFile.write(file, writer -> writer.append(html ? picture.html() : picture.svg()));
    int shown = around.nodes().size();
    int drawn = around.synapses().size();
    cli.done(
        Json.object("graph", file.toString(), "memories", shown, "synapses", drawn),
        "drawn: " + file + ", " + shown + " memories, " + drawn + " synapses");
  }

  private void print(Neighbourhood around) {
    PrintStream out = cli.console().out();
    if (cli.json()) {
      Json.print(out, json(around));
      return;
    }
    GetCommand.print(out, around.nodes().getFirst().memory());
    if (around.nodes().size() > 1) {
      out.println();
    }
    for (Neighbourhood.Node node : around.nodes()) {
      Synapse via = node.via();
      if (via != null) {
        String text = MemoryLines.shortened(node.memory().text(), TEXT);
        NeighboursCommand.print(cli, via);
        out.println("   hop " + node.hop() + ", " + node.memory().id() + ": " + text);
      }
    }
  }

  private static ObjectNode json(Neighbourhood around) {
    ObjectNode node = Json.memory(around.nodes().getFirst().memory());
    List<ObjectNode> others = around.nodes().stream().skip(1).map(ShowCommand::json).toList();
    List<ObjectNode> synapses = around.synapses().stream().map(Json::synapse).toList();
    node.setAll(Json.object("neighbourhood", others, "synapses", synapses));
    return node;
  }

  private static ObjectNode json(Neighbourhood.Node node) {
    ObjectNode json = Json.object("hop", node.hop());
    json.setAll(Json.memory(node.memory()));
    return json;
  }
}
