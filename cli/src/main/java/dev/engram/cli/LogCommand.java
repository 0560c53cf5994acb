package dev.engram.cli;

import dev.engram.CommitInfo;
import dev.engram.CommitRange;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.node.ObjectNode;

/** Prints the commits that are in the log. */
@Command(
    name = "log",
    sortOptions = false,
    description = {
      "Print the commits of the store, the newest first.",
      "Old ones are trimmed from the log; 'engram archive' keeps them."
    },
    footer = {
      "%nExamples:",
      "  engram log --limit 5",
      "  engram log --since 2026-03-01 --until 2026-03-02T12:00:00Z --json"
    })
final class LogCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Option(names = "--limit", paramLabel = "N", description = "At most so many; default: 20.")
  int limit = 20;

  @Option(names = "--from", paramLabel = "LSN", description = "Only from this number on.")
  long from = 1;

  @Option(names = "--to", paramLabel = "LSN", description = "Only up to this number.")
  long to = Long.MAX_VALUE;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      converter = InstantOption.class,
      description = "None that are earlier: an instant, or a day in UTC.")
  @Nullable Instant since;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      converter = InstantOption.class,
      description = "None that are later.")
  @Nullable Instant until;

  @Override
  public Integer call() {
    CommitRange range = CommitRange.newest(limit).from(from).to(to);
    range = since == null ? range : range.since(since);
    range = until == null ? range : range.until(until);
    try (Session session = cli.open()) {
      List<CommitInfo> commits = session.engram().commits(range);
      commits.forEach(this::print);
      if (commits.isEmpty()) {
        cli.say("the log holds no such commit; its last one is " + session.engram().lastCommit());
      }
    }
    return ExitCode.OK;
  }

  private void print(CommitInfo commit) {
    if (cli.json()) {
      Json.print(cli.console().out(), json(commit));
      return;
    }
    cli.console()
        .out()
        .println(
            commit.id()
                + "  "
                + commit.time()
                + "  "
                + counted(commit)
                + commit.bytes()
                + " bytes"
                + commit.author().map(author -> "  by " + author).orElse(""));
  }

  private static String counted(CommitInfo commit) {
    return counted(commit.records(), "stored")
        + counted(commit.removed(), "removed")
        + counted(commit.synapses(), "synapses")
        + counted(commit.rows(), "rows");
  }

  private static String counted(long count, String what) {
    return count == 0 ? "" : count + " " + what + ", ";
  }

  private static ObjectNode json(CommitInfo commit) {
    ObjectNode node =
        Json.object(
            "commit", commit.id().toString(),
            "lsn", commit.id().lsn(),
            "time", commit.time().toString(),
            "records", commit.records(),
            "removed", commit.removed(),
            "synapses", commit.synapses(),
            "rows", commit.rows(),
            "bytes", commit.bytes());
    commit.author().ifPresent(author -> node.put("author", author));
    return node;
  }
}
