package dev.engram.cli;

import dev.engram.Learning;
import dev.engram.MemorySpace;
import dev.engram.NotFoundException;
import dev.engram.Progress;
import dev.engram.RecordId;
import dev.engram.cli.RecallMode.Form;
import dev.engram.spi.Embedder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Measures recall on conversations whose questions name the turns that answer them. */
@Command(
    name = "recall",
    sortOptions = false,
    description = {
      "Measure recall on a file of conversations in the LoCoMo shape.",
      "Each conversation is learned into a store in memory, one memory a turn, with its session,"
          + " its speaker and its date, and once more as notes that have none of them; and each of"
          + " its questions is asked of both. Recall@k is the share of a question's evidence among"
          + " the first k memories, averaged over the questions that have evidence. Words alone are"
          + " always measured, and with an embedder words and vectors together; and then each arm"
          + " is left out in turn. No store is used.",
      "Exits with 3 where a budget is missed."
    })
final class EvalRecallCommand implements Callable<Integer> {
  @ParentCommand EvalCommand parent = Parents.none();

  @Option(
      names = "--locomo",
      paramLabel = "FILE",
      required = true,
      description = "The conversations, such as locomo10.json.")
  Path file = Path.of("");

  @Option(names = "--notes", description = "Measure turns as notes only.")
  boolean notesOnly;

  @Option(names = "--out", paramLabel = "FILE", description = "Write the figures here as JSON too.")
  @Nullable Path out;

  @Override
  public Integer call() throws IOException {
    Cli cli = parent.cli;
    List<Conversation> conversations = Conversation.read(file);
    RecallReport report;
    Embedder embedder = Embedders.load(cli);
    Embedder once = embedder == null ? null : new RememberedQuestions(embedder);
    try (Session session = Session.inMemory(once);
        ProgressLine progress = ProgressLine.of(cli)) {
      List<RecallMode> modes = modes(session);
      int asked = 0;
      for (Conversation conversation : conversations) {
        for (RecallMode mode : modes) {
          asked += measure(session, conversation, mode, progress, asked);
        }
      }
      int turns = conversations.stream().mapToInt(c -> c.turns().size()).sum();
      report = new RecallReport(conversations.size(), turns, modes);
    }
    return print(cli, report);
  }

  private List<RecallMode> modes(Session session) {
    List<RecallMode> modes = new ArrayList<>(List.of(RecallMode.words()));
    modes.add(RecallMode.notesByWords());
    if (session.embedder() != null) {
      String model = session.embedder().identity().model();
      modes.add(1, RecallMode.vectors(model));
      modes.add(RecallMode.notesByVectors(model));
      modes.add(RecallMode.namelessNotes(model));
    }
    return modes.stream().filter(mode -> mode.form() != Form.TURN || !notesOnly).toList();
  }

  /** Asks a conversation everything; returns how many questions that were. */
  private static int measure(
      Session session,
      Conversation conversation,
      RecallMode mode,
      Progress progress,
      int askedBefore) {
    MemorySpace space = learned(session, conversation, mode.form(), progress);
    int asked = 0;
    for (Conversation.Question question : conversation.questions()) {
      if (!question.evidence().isEmpty()) {
        asked++;
        ask(space, question, mode);
        progress.report(new Progress.Update("ask", askedBefore + asked, -1, mode.name()));
      }
    }
    return asked;
  }

  private static MemorySpace learned(
      Session session, Conversation conversation, Form form, Progress progress) {
    MemorySpace space = session.engram().space(form.space(conversation));
    if (space.count() == 0) {
      String id = conversation.id();
      Stream<Learning> turns =
          conversation.turns().stream()
              .map(turn ->
                  switch (form) {
                    case TURN -> turn.learning(turn.id(), id);
                    case NOTE -> turn.note(turn.id(), id).saidBy(turn.speaker());
                    case NAMELESS -> turn.note(turn.id(), id);
                  });
      long count = space.learnAll(turns.iterator(), progress);
      assert count == conversation.turns().size();
    }
    return space;
  }

  private static void ask(MemorySpace space, Conversation.Question question, RecallMode mode) {
    for (RecallMode.Variant variant : mode.variants()) {
      List<String> found =
          space.recall(mode.recall(question.text(), variant)).stream()
              .map(hit -> hit.memory().id())
              .map(RecordId::toString)
              .toList();
      variant.score().add(question, found);
    }
  }

  private int print(Cli cli, RecallReport report) throws IOException {
    if (report.questions() == 0) {
      throw new NotFoundException(
          "nothing to measure: conversations=" + report.conversations() + ", questions=0");
    }
    if (out != null) {
      Files.writeString(out, Json.pretty(report.json()) + "\n");
    }
    if (cli.json()) {
      Json.print(cli.console().out(), report.json());
    } else {
      report.print(cli.console().out());
    }
    return report.holds() ? ExitCode.OK : ExitCode.MISSED;
  }
}
