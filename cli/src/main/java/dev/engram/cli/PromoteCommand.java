package dev.engram.cli;

import dev.engram.CommitId;
import dev.engram.Engram;
import dev.engram.Follower;
import dev.engram.Following;
import dev.engram.spi.ObjectStore;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Makes a follower an ordinary store. */
@Command(
    name = "promote",
    description = {
      "Make a follower, --store, a store that takes writes, on a new timeline.",
      "With a target, what is archived there is applied first. The store that was followed is not"
          + " touched; it and this one go separate ways."
    },
    footer = {
      "%nExamples:",
      "  engram promote /mnt/backups --store brain-follower",
      "  engram promote --store brain-follower"
    })
final class PromoteCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(
      arity = "0..1",
      paramLabel = "TARGET",
      description = "Where its archive is, if it can be read.")
  @Nullable String target;

  @Override
  public Integer call() {
    CommitId last = target == null ? Engram.promote(cli.config(false)) : caughtUp(target);
    cli.done(
        Json.object("store", cli.directory().toString(), "lastCommit", last.toString()),
        cli.directory() + " takes writes from now on: last commit " + last);
    return ExitCode.OK;
  }

  private CommitId caughtUp(String archive) {
    try (ObjectStore objects = Targets.existing(archive);
        ProgressLine progress = ProgressLine.of(cli);
        Follower follower = Engram.follow(cli.config(false), Following.from(objects))) {
      CommitId _ = follower.catchUp(progress);
      return follower.promote();
    }
  }
}
