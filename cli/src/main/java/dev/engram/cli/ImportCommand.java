package dev.engram.cli;

import dev.engram.CollectionConfig;
import dev.engram.Learning;
import dev.engram.MemorySpace;
import dev.engram.Metric;
import dev.engram.NotFoundException;
import dev.engram.Quantization;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Learns files. */
@Command(
    name = "import",
    sortOptions = false,
    description = {
      "Learn files: text, Markdown, JSON Lines or conversations.",
      "Makes the store and the space where there are none. Takes:",
      "  a folder     its .md and .txt files, without hidden folders and build output",
      "  .md, .txt    split into passages that keep their file, line and headings",
      "  .jsonl       one object a line: text, and optionally id, metadata, provenance;",
      "               without metadata, all other fields are metadata",
      "  .json        conversations in the LoCoMo shape; each becomes a space of its own,",
      "               or all go into --space with ids such as conv-1/D3:12",
      "Importing again learns what is new or changed and leaves the rest alone.",
      "What a changed file no longer says is forgotten. On an error, the commits before it stay."
    })
final class ImportCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "PATH", description = "A file or a folder.")
  Path path = Path.of("");

  @Option(
      names = "--collection",
      paramLabel = "NAME",
      description =
          "Put the lines of a .jsonl file into this collection instead of a space. Where there is"
              + " none it is made as the file's first line says, or with the dimension of the"
              + " file's first vector.")
  @Nullable String collection;

  @Option(
      names = "--quantization",
      paramLabel = "BITS",
      converter = QuantizationBits.class,
      description =
          "How many bits of a component the collection's index ranks by: 2, 4, 8, or none for whole"
              + " vectors; with --collection. One that is there already must have been made so.")
  @Nullable Quantization quantization;

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      converter = MetricName.class,
      description =
          "How vectors are compared: cosine, dot, euclidean or manhattan; with --collection, as"
              + " --quantization.")
  @Nullable Metric metric;

  private long learned;
  private long unchanged;
  private long forgotten;

  @Override
  public Integer call() throws IOException {
    Sources.requireFile(path);
    if ((quantization != null || metric != null) && collection == null) {
      throw new ParameterException(
          spec.commandLine(), "--quantization, --metric: say of which --collection");
    }
    if (collection != null) {
      try (Session session = Session.open(cli.directory(), true, null)) {
        long records = intoCollection(session, collection);
        if (cli.json()) {
          Json.print(cli.console().out(), Json.object("imported", records));
        }
        cli.say("imported " + records + " records");
      }
      return ExitCode.OK;
    }
    try (Session session = cli.openWithEmbedder(true);
        ProgressLine progress = ProgressLine.of(cli)) {
      intoSpaces(session, progress);
    }
    if (cli.json()) {
      Json.print(
          cli.console().out(),
          Json.object("imported", learned, "unchanged", unchanged, "forgotten", forgotten));
    }
    String gone = forgotten == 0 ? "" : ", " + forgotten + " forgotten that their files dropped";
    cli.say("imported " + learned + " memories, " + unchanged + " were there already" + gone);
    return ExitCode.OK;
  }

  private void intoSpaces(Session session, ProgressLine progress) throws IOException {
    if (Files.isDirectory(path)) {
      learnFiles(session, progress);
      return;
    }
    switch (Sources.kind(path)) {
      case TEXT, MARKDOWN -> learnFiles(session, progress);
      case JSON_LINES -> {
        JsonRecords records = new JsonRecords(InstantSource.system());
        try (JsonLines<Learning> lines = new JsonLines<>(path, records::learning)) {
          learn(session, cli.spaceName(), lines, progress);
        }
      }
      case CONVERSATIONS -> learnConversations(session, progress);
    }
  }

  private void learnFiles(Session session, ProgressLine progress) throws IOException {
    Passing passing = new Passing(TextImport.learnings(path));
    learn(session, cli.spaceName(), passing, progress);
    forgotten += passing.forgetOthers(session.engram().space(cli.spaceName()));
  }

  private void learnConversations(Session session, ProgressLine progress) throws IOException {
    String shared = cli.space;
    for (Conversation conversation : Conversation.read(path)) {
      String prefix = shared == null ? "" : conversation.id() + "/";
      Stream<Learning> turns =
          conversation.turns().stream()
              .map(turn -> turn.learning(prefix + turn.id(), conversation.id()));
      String space = shared == null ? conversation.id() : shared;
      learn(session, space, turns.iterator(), progress);
    }
  }

  private void learn(
      Session session, String name, Iterator<Learning> learnings, ProgressLine progress) {
    MemorySpace space = session.engram().space(name);
    Unlearned fresh = new Unlearned(space, learnings);
    learned += space.learnAll(fresh, progress);
    unchanged += fresh.skipped();
    if (session.embedder() != null) {
      space.embedPending(progress);
    }
  }

  private long intoCollection(Session session, String name) throws IOException {
    JsonRecords records = new JsonRecords(InstantSource.system());
    try (ProgressLine progress = ProgressLine.of(cli);
        JsonLines<VectorRecord> lines = new JsonLines<>(path, records::record)) {
      return target(session, name).upsertAll(lines, progress);
    }
  }

  private VectorCollection target(Session session, String name) throws IOException {
    try {
      VectorCollection there = session.engram().collection(name);
      return session.engram().collection(name, wanted(there.info().config()));
    } catch (NotFoundException e) {
      return session.engram().catalog().create(name, wanted(CollectionHeader.read(path)));
    }
  }

  private CollectionConfig wanted(CollectionConfig config) {
    CollectionConfig compared = metric == null ? config : config.metric(metric);
    return quantization == null ? compared : compared.quantization(quantization);
  }
}
