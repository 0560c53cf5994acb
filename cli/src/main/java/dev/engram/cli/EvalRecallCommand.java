package dev.engram.cli;

import dev.engram.Learning;
import dev.engram.MemorySpace;
import dev.engram.NotFoundException;
import dev.engram.Progress;
import dev.engram.Recall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.node.ObjectNode;

/** Measures recall on conversations whose questions name the turns that answer them. */
@Command(
    name = "recall",
    sortOptions = false,
    description = {
      "Measure recall on a file of conversations in the LoCoMo shape.",
      "Each conversation is learned into a store in memory, one memory a turn ('speaker: text'),"
          + " and each of its questions is asked there. Recall@k is the share of a question's"
          + " evidence among the first k memories, averaged over the questions that have evidence."
          + " Words alone are always measured, and with an embedder words and vectors together. No"
          + " store is used."
    })
final class EvalRecallCommand implements Callable<Integer> {
  @ParentCommand EvalCommand parent = Parents.none();

  @Option(
      names = "--locomo",
      paramLabel = "FILE",
      required = true,
      description = "The conversations, such as locomo10.json.")
  Path file = Path.of("");

  @Option(names = "--out", paramLabel = "FILE", description = "Write the figures here as JSON too.")
  @Nullable Path out;

  /** How a question is asked. */
  private record Way(String name, double vectorWeight) {}

  @Override
  public Integer call() throws IOException {
    Cli cli = parent.cli;
    List<Conversation> conversations = Conversation.read(file);
    List<RecallScore> scores = new ArrayList<>();
    try (Session session = Session.inMemory(Embedders.load(cli));
        ProgressLine progress = ProgressLine.of(cli)) {
      List<Way> ways = ways(session);
      ways.forEach(way -> scores.add(new RecallScore(way.name())));
      int done = 0;
      for (Conversation conversation : conversations) {
        learn(session, conversation, progress);
        done = ask(session, conversation, ways, scores, new Counted(progress, done));
      }
    }
    print(cli, conversations, scores);
    return ExitCode.OK;
  }

  private static List<Way> ways(Session session) {
    Way words = new Way("bm25", 0);
    if (session.embedder() == null) {
      return List.of(words);
    }
    return List.of(words, new Way("bm25+" + session.embedder().identity().model(), 1));
  }

  private static void learn(Session session, Conversation conversation, Progress progress) {
    List<Learning> turns =
        conversation.turns().stream()
            .map(turn -> turn.learning(turn.id(), conversation.id()))
            .toList();
    long count = session.engram().space(conversation.id()).learnAll(turns.iterator(), progress);
    assert count == turns.size();
  }

  private static int ask(
      Session session,
      Conversation conversation,
      List<Way> ways,
      List<RecallScore> scores,
      Counted progress) {
    MemorySpace space = session.space(conversation.id());
    for (Conversation.Question question : conversation.questions()) {
      if (question.evidence().isEmpty()) {
        continue;
      }
      for (int i = 0; i < ways.size(); i++) {
        Recall recall =
            Recall.about(question.text())
                .limit(RecallScore.DEEPEST)
                .weight(Recall.Arm.VECTOR, ways.get(i).vectorWeight());
        List<String> found =
            space.recall(recall).stream().map(hit -> hit.memory().id().toString()).toList();
        scores.get(i).add(question, found);
      }
      progress.next();
    }
    return progress.count();
  }

  private void print(Cli cli, List<Conversation> conversations, List<RecallScore> scores)
      throws IOException {
    int turns = conversations.stream().mapToInt(conversation -> conversation.turns().size()).sum();
    int questions = scores.getFirst().questions();
    if (questions == 0) {
      throw new NotFoundException(
          "nothing to measure: conversations=" + conversations.size() + ", questions=0");
    }
    ObjectNode json =
        Json.object("conversations", conversations.size(), "turns", turns, "questions", questions);
    scores.forEach(score -> json.set(score.name(), score.json()));
    if (out != null) {
      Files.writeString(out, Json.pretty(json) + "\n");
    }
    if (cli.json()) {
      Json.print(cli.console().out(), json);
      return;
    }
    cli.say(conversations.size() + " conversations, " + turns + " turns");
    scores.forEach(score -> score.print(cli.console().out()));
  }

  /** Counts questions for a progress line. */
  private static final class Counted {
    private final Progress progress;
    private int count;

    Counted(Progress progress, int count) {
      this.progress = progress;
      this.count = count;
    }

    void next() {
      count++;
      progress.report(new Progress.Update("ask", count, -1, ""));
    }

    int count() {
      return count;
    }
  }
}
