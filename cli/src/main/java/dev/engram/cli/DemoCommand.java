package dev.engram.cli;

import dev.engram.Explanation;
import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.Progress;
import dev.engram.Recall;
import dev.engram.Recollection;
import dev.engram.Synapse;
import dev.engram.spi.Embedder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Shows the main job on real text: import, recall, association, and a kill that loses nothing. */
@Command(
    name = "demo",
    sortOptions = false,
    description = {
      "Show the main job on this project's documents.",
      "Learns them, answers questions about them, associates two answers, kills a process in the",
      "middle of its work, and finds everything that it had acknowledged."
    })
final class DemoCommand implements Callable<Integer> {
  private static final String SPACE = "documents";
  private static final List<String> QUESTIONS =
      List.of(
          "what happens to my data when the power fails?",
          "how is a score made?",
          "which file says who holds the store?");

  @ParentCommand Cli cli = Parents.none();

  @Option(
      names = "--documents",
      paramLabel = "DIR",
      description = "The text to learn: this project's documents unless given.")
  @Nullable Path documents;

  @Option(
      names = "--keep",
      paramLabel = "DIR",
      description = "Make the stores here and leave them; otherwise nothing is left.")
  @Nullable Path keep;

  @Override
  public Integer call() throws IOException {
    if (keep != null) {
      return show(keep);
    }
    try (Scratch folder = Scratch.temporary("engram-demo")) {
      return show(folder.path());
    }
  }

  private int show(Path folder) throws IOException {
    PrintStream out = cli.console().out();
    Path store = folder.resolve("documents");
    try (Session session = Session.open(store, true, Embedders.load(cli))) {
      MemorySpace space = session.engram().space(SPACE);
      learn(out, space, session.embedder());
      ask(out, space);
      associate(out, space);
    }
    timed(out, "reopening", () -> reopen(out, store));
    boolean kept = kill(out, folder.resolve("killed"));
    return kept ? ExitCode.OK : ExitCode.ERROR;
  }

  private void learn(PrintStream out, MemorySpace space, @Nullable Embedder embedder)
      throws IOException {
    Path source = source();
    out.println("1. Learning the documents in " + source.getFileName());
    long started = System.nanoTime();
    long learned = space.learnAll(TextImport.learnings(source), Progress.NONE);
    out.println(
        "   "
            + learned
            + " passages learned, "
            + (embedder == null ? "without a model" : "embedded by " + embedder.identity().model())
            + elapsed(started));
  }

  private Path source() {
    if (documents != null) {
      return documents;
    }
    String home = cli.console().environment().get("ENGRAM_HOME");
    return Path.of(home == null ? "" : home).toAbsolutePath().resolve("docs");
  }

  private static void ask(PrintStream out, MemorySpace space) {
    out.println("2. Asking");
    for (String question : QUESTIONS) {
      long started = System.nanoTime();
      List<Recollection> hits = space.recall(Recall.about(question).limit(1));
      out.println("   ? " + question + elapsed(started));
      hits.forEach(hit -> show(out, hit));
    }
  }

  private static void show(PrintStream out, Recollection hit) {
    out.printf(Locale.ROOT, "     %.3f  %s%n", hit.score(), origin(hit.memory()));
    out.println("            " + shortened(hit.memory().text()));
    for (Explanation.Contribution part : hit.explanation().contributions()) {
      out.printf(
          Locale.ROOT,
          "            %s %.3f × %s = %.3f  %s%n",
          part.arm(),
          part.raw(),
          part.weight(),
          part.amount(),
          part.detail());
    }
    hit.explanation().notes().forEach(note -> out.println("            " + note));
  }

  private static void associate(PrintStream out, MemorySpace space) {
    out.println("3. Associating the answers to the first two questions");
    List<Memory> answers =
        QUESTIONS.stream()
            .limit(2)
            .flatMap(q -> space.recall(Recall.about(q).limit(1)).stream())
            .map(Recollection::memory)
            .distinct()
            .toList();
    if (answers.size() < 2) {
      out.println("   both are the same passage: nothing to associate");
      return;
    }
    Memory first = answers.getFirst();
    Memory second = answers.getLast();
    space.associate(first.id(), second.id(), Synapse.RELATED);
    Synapse synapse = space.associate(first.id(), second.id(), Synapse.RELATED);
    out.printf(
        Locale.ROOT,
        "   %s → %s  %s, weight %.2f after two uses%n",
        origin(first),
        origin(second),
        synapse.relation(),
        synapse.weight());
  }

  private static void reopen(PrintStream out, Path store) {
    try (Session session = Session.open(store, false, null)) {
      MemorySpace space = session.space(SPACE);
      boolean ok = session.engram().check().ok();
      out.println(
          "4. Reopened: "
              + space.count()
              + " memories, check "
              + (ok ? "found nothing wrong" : "FAILED"));
    }
  }

  private static boolean kill(PrintStream out, Path store) throws IOException {
    out.println("5. Killing a process (SIGKILL) while it writes");
    long started = System.nanoTime();
    KillProof proof = KillProof.run(store, Duration.ofSeconds(30));
    out.println(
        "   it had acknowledged "
            + proof.acknowledged()
            + " commits of two memories and a synapse;"
            + " found "
            + proof.found()
            + ", lost "
            + proof.lost()
            + ", half there "
            + proof.halves()
            + ", check "
            + (proof.healthy() ? "found nothing wrong" : "FAILED")
            + elapsed(started));
    return proof.clean();
  }

  private static void timed(PrintStream out, String what, Runnable act) {
    long started = System.nanoTime();
    act.run();
    out.println("   " + what + " and checking" + elapsed(started));
  }

  private static String origin(Memory memory) {
    return memory.provenance().map(Object::toString).orElse(memory.id().toString());
  }

  private static String shortened(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() <= 88 ? line : line.substring(0, 87) + "…";
  }

  private static String elapsed(long startedNanos) {
    return String.format(Locale.ROOT, "  [%.2f s]", (System.nanoTime() - startedNanos) / 1e9);
  }
}
