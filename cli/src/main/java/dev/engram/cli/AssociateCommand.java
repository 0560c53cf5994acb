package dev.engram.cli;

import dev.engram.Association;
import dev.engram.MemorySpace;
import dev.engram.Progress;
import dev.engram.RecordId;
import dev.engram.Synapse;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Joins memories by synapses. */
@Command(
    name = "associate",
    sortOptions = false,
    description = {
      "Join two memories by a synapse, or strengthen the one that is there.",
      "With --file many, in commits of 1,000: JSON Lines with from, to, and optionally relation",
      "and strength. On an error, the commits before it stay."
    },
    footer = {
      "%nExamples:",
      "  engram associate tea kyoto --relation CAUSED_BY --strength 0.5",
      "  engram associate --file synapses.jsonl",
      "  echo '{\"from\":\"tea\",\"to\":\"kyoto\"}' | engram associate --file -"
    })
final class AssociateCommand implements Callable<Integer> {
  private static final int BATCH = 1_000;
  private static final int MAX_LINE_CHARS = 1 << 20;

  @ParentCommand Cli cli = Parents.none();

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FROM",
      description = "The memory it starts at.")
  @Nullable String from;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "TO",
      description = "The memory it leads to.")
  @Nullable String to;

  @Option(
      names = "--relation",
      paramLabel = "NAME",
      description = "What the synapse means; " + Synapse.RELATED + " unless given.")
  String relation = Synapse.RELATED;

  @Option(
      names = "--strength",
      paramLabel = "STRENGTH",
      description = "Of a synapse that is new, 0.01 to 1; 0.1 unless given.")
  double strength = Synapse.INITIAL_STRENGTH;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description =
          "Associate what the lines of this file say, or of standard input where it is -. A line"
              + " that has no relation or strength has those of the options.")
  @Nullable Path file;

  @Override
  public Integer call() throws IOException {
    if (file == null ? from == null || to == null : from != null) {
      throw new ParameterException(spec.commandLine(), "give FROM and TO, or else --file");
    }
    if (file != null) {
      associateAll(file);
    } else {
      Association one = association(RecordId.parse(word(from)), RecordId.parse(word(to)));
      try (Session session = cli.open()) {
        List<Synapse> made = session.space(cli.spaceName()).associate(List.of(one));
        made.forEach(synapse -> NeighboursCommand.print(cli, synapse));
      }
    }
    return ExitCode.OK;
  }

  private Association association(RecordId start, RecordId end) {
    return Association.of(start, end, relation).withStrength(strength);
  }

  private void associateAll(Path source) throws IOException {
    Association usual = association(RecordId.of(0), RecordId.of(1));
    try (JsonLines<Association> lines =
            lines(source, line -> JsonRecords.association(line, usual));
        Session session = cli.open();
        ProgressLine progress = ProgressLine.of(cli)) {
      long count = associateAll(session.space(cli.spaceName()), lines, progress);
      cli.done(Json.object("associated", count), "associated " + count + " pairs");
    }
  }

  private JsonLines<Association> lines(Path source, Function<JsonNode, Association> reading)
      throws IOException {
    if (source.toString().equals("-")) {
      InputStreamReader in =
          new InputStreamReader(cli.console().in(), StandardCharsets.UTF_8.newDecoder());
      return new JsonLines<>("-", in, reading, MAX_LINE_CHARS);
    }
    Sources.requireFile(source);
    return new JsonLines<>(source, reading);
  }

  private static long associateAll(
      MemorySpace space, JsonLines<Association> lines, ProgressLine progress) {
    long done = 0;
    List<Association> batch = new ArrayList<>();
    while (lines.hasNext()) {
      batch.add(lines.next());
      if (batch.size() == BATCH || !lines.hasNext()) {
        done += space.associate(batch).size();
        batch.clear();
        progress.report(new Progress.Update("associate", done, -1, space.name()));
      }
    }
    return done;
  }

  private static String word(@Nullable String given) {
    return String.valueOf(given);
  }
}
