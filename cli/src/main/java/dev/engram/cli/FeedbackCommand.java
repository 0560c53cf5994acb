package dev.engram.cli;

import dev.engram.Feedback;
import dev.engram.RecordId;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Says whether a recall helped. */
@Command(
    name = "feedback",
    description = {
      "Say whether a recall helped; the first time that it did strengthens what was used of it.",
      "'engram recall' tells its operation with --explain or --json. Possible for a week."
    },
    footer = {
      "%nExamples:",
      "  engram feedback 0199c0de-0000-7000-8000-000000000001",
      "  engram feedback 0199c0de-0000-7000-8000-000000000001 --score 0.5 --used tea --used kettle"
    })
final class FeedbackCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(paramLabel = "OPERATION", description = "The recall.")
  String operation = "";

  @Option(names = "--failed", description = "It did not help.")
  boolean failed;

  @Option(
      names = "--score",
      paramLabel = "S",
      description = "How much it helped, 0 to 1; 1 unless given, or 0 with --failed.")
  @Nullable Double score;

  @Option(
      names = "--used",
      paramLabel = "ID",
      description = "What was used of it, as often as needed; everything unless given.")
  List<String> used = List.of();

  @Override
  public Integer call() {
    Feedback feedback =
        Feedback.on(RecordId.parse(operation), !failed)
            .used(used.stream().map(RecordId::parse).toList());
    Feedback scored = score == null ? feedback : feedback.score(score);
    try (Session session = cli.open()) {
      boolean strengthened = session.space(cli.spaceName()).feedback(scored);
      cli.done(
          Json.object("operation", operation, "strengthened", strengthened),
          strengthened ? "strengthened what was used" : "noted");
    }
    return ExitCode.OK;
  }
}
