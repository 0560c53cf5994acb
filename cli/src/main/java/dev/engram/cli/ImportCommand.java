package dev.engram.cli;

import dev.engram.CollectionInfo.Kind;
import dev.engram.EncryptionException;
import dev.engram.Engram;
import dev.engram.Import;
import dev.engram.Keyring;
import dev.engram.Learning;
import dev.engram.MemorySpace;
import dev.engram.Metric;
import dev.engram.Quantization;
import dev.engram.Transfer;
import dev.engram.TransferReport;
import dev.engram.spi.KeySource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
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
      "  an export    of any form and compression, told by its content; with --exact, and always",
      "               where it is compressed, encrypted or no JSON Lines, everything comes back as",
      "               it was",
      "Importing again learns what is new or changed and leaves the rest alone.",
      "What a changed file no longer says is forgotten. On an error, the commits before it stay."
    })
final class ImportCommand implements Callable<Integer> {
  private static final String LINES = "jsonl";

  /** Forms that do not say which space they are of. */
  private static final Set<String> FOREIGN = Set.of("memories", "mcp", "fvecs", "npy");

  @ParentCommand Cli cli = Parents.none();

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "PATH", description = "A file or a folder.")
  Path path = Path.of("");

  @Option(
      names = "--collection",
      paramLabel = "NAME",
      description =
          "Put the records of an export, or the lines of a .jsonl file, into this collection"
              + " instead of a space. Where there is none it is made as the file says, or with the"
              + " dimension of its first vector.")
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

  @Option(
      names = "--exact",
      description =
          "Restore an export: with its dates, access counts, importance, pins and synapses, under"
              + " the names that it says, or into --space or --collection. What is there under the"
              + " same ids is replaced; a damaged file changes nothing.")
  boolean exact;

  @Option(
      names = "--re-embed",
      description = "Leave the vectors of memories away, which --embedder makes anew.")
  boolean embedAnew;

  @Option(
      names = "--export-key",
      paramLabel = "FILE",
      description =
          "The keyring that opens an encrypted export, where that is not the store's own.")
  @Nullable Path exportKey;

  private boolean encrypted;
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
    encrypted = isEncrypted();
    if (collection != null) {
      try (Session session = Session.open(cli.config(true))) {
        restore(session, "");
      }
      return ExitCode.OK;
    }
    try (Session session = cli.openWithEmbedder(true)) {
      String form = formOf(session);
      if (exact || encrypted || !form.isEmpty()) {
        restore(session, form);
      } else {
        learn(session);
      }
    }
    return ExitCode.OK;
  }

  /** Whether it is an encrypted export. Where its key is not there, no store is made for it. */
  private boolean isEncrypted() {
    Optional<String> id = Files.isDirectory(path) ? Optional.empty() : Transfer.masterKeyOf(path);
    if (id.isPresent()) {
      KeySource keys = exportKey == null ? cli.keys() : Keyring.at(exportKey);
      if (keys == null) {
        throw new EncryptionException(
            "the import is encrypted and no key is given: masterKey="
                + id.get()
                + "; give the keyring that has it, by --export-key or the store's --key-file");
      }
      Arrays.fill(keys.key(id.get()), (byte) 0);
    }
    return id.isPresent();
  }

  /** The form of an export that can only be restored; empty for what is learned. */
  private String formOf(Session session) throws IOException {
    if (Files.isDirectory(path) || (Sources.isNamedText(path) && !encrypted)) {
      return "";
    }
    String form = session.engram().transfer().formOf(unlocked(Import.exact()), path).orElse("");
    return form.equals(LINES) && Sources.startsAsJson(path) ? "" : form;
  }

  /** Everything as the file says. */
  private void restore(Session session, String form) throws IOException {
    try (ProgressLine progress = ProgressLine.of(cli)) {
      TransferReport report = session.engram().transfer().read(wanted(form), path, progress);
      if (session.embedder() != null) {
        report.collections().forEach(name -> embed(session.engram(), name, progress));
      }
      tell(report);
    }
  }

  private static void embed(Engram engram, String name, ProgressLine progress) {
    boolean space =
        engram.catalog().describe(name).filter(info -> info.kind() == Kind.SPACE).isPresent();
    if (space) {
      long _ = engram.space(name).embedPending(progress);
    }
  }

  private void tell(TransferReport report) {
    if (cli.json()) {
      Json.print(
          cli.console().out(),
          Json.object(
              "imported", report.records(),
              "synapses", report.synapses(),
              "skipped", report.skipped(),
              "collections", report.collections()));
    }
    String synapses = report.synapses() == 0 ? "" : " and " + report.synapses() + " synapses";
    String skipped = report.skipped() == 0 ? "" : ", " + report.skipped() + " left out";
    cli.say("imported " + report.records() + " records" + synapses + skipped);
  }

  private Import wanted(String form) throws IOException {
    Import wanted = unlocked(Import.exact());
    if (collection != null) {
      wanted = wanted.intoCollection(collection);
    } else if (cli.space != null || FOREIGN.contains(form)) {
      wanted = wanted.intoSpace(cli.spaceName());
    }
    wanted = Files.size(path) == 0 ? wanted.format(LINES) : wanted;
    wanted = metric == null ? wanted : wanted.metric(metric);
    wanted = quantization == null ? wanted : wanted.quantization(quantization);
    return embedAnew ? wanted.withoutVectors() : wanted;
  }

  private Import unlocked(Import wanted) {
    return exportKey == null ? wanted : wanted.encryption(Keyring.at(exportKey));
  }

  private void learn(Session session) throws IOException {
    try (ProgressLine progress = ProgressLine.of(cli)) {
      intoSpaces(session, progress);
    }
    if (cli.json()) {
      Json.print(
          cli.console().out(),
          Json.object("imported", learned, "unchanged", unchanged, "forgotten", forgotten));
    }
    String gone = forgotten == 0 ? "" : ", " + forgotten + " forgotten that their files dropped";
    cli.say("imported " + learned + " memories, " + unchanged + " were there already" + gone);
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
}
