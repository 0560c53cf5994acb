package dev.engram.cli;

import dev.engram.CommitId;
import dev.engram.Engram;
import dev.engram.NotFoundException;
import dev.engram.SnapshotInfo;
import dev.engram.Snapshots;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** Snapshots of a store, and the way back to one. */
@Command(
    name = "snapshot",
    description = {
      "Keep a state of the store under a name, in its directory, and go back to it.",
      "A snapshot is made at once and shares the files of the store, so it guards against mistakes"
          + " and not against a lost disk."
    },
    synopsisSubcommandLabel = "ACT",
    footer = {
      "%nExample:",
      "  engram snapshot create before-cleaning",
      "  engram snapshot restore before-cleaning"
    })
final class SnapshotCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: create, list, restore, delete or keep");
  }

  @Command(
      name = "create",
      description = {
        "Make a snapshot of the store as it is.",
        "Ten are kept: when one more is made, the oldest goes."
      })
  int create(
      @Parameters(paramLabel = "NAME", description = "Its name; no other snapshot may have it.")
          String name,
      @Option(
              names = "--meta",
              paramLabel = "KEY=VALUE",
              description = "Something to be kept with it; may be repeated.")
          @Nullable Map<String, String> meta) {
    try (Session session = cli.open();
        ProgressLine progress = ProgressLine.of(cli)) {
      Snapshots snapshots = session.engram().snapshots();
      List<SnapshotInfo> before = snapshots.list();
      SnapshotInfo made =
          snapshots.create(name, MetaValue.metadata(meta == null ? Map.of() : meta), progress);
      cli.done(json(made), "made the snapshot " + line(made));
      Set<String> left =
          snapshots.list().stream().map(SnapshotInfo::name).collect(Collectors.toSet());
      before.stream()
          .filter(each -> !left.contains(each.name()))
          .forEach(each -> cli.say("deleted the oldest, " + line(each)));
    }
    return ExitCode.OK;
  }

  @Command(name = "list", description = "Print the snapshots of the store, newest first.")
  int list() {
    try (Session session = cli.open()) {
      List<SnapshotInfo> all = session.engram().snapshots().list();
      print(all);
      if (all.isEmpty()) {
        cli.say("the store has no snapshots");
      }
    }
    return ExitCode.OK;
  }

  @Command(
      name = "restore",
      description = {
        "Put a snapshot in the place of the store; no process may have it open.",
        "With --only bring one collection or space of it back, and leave the rest as it is.",
        "What came later is gone, unless another snapshot holds it. The snapshot is verified first;"
            + " where it is damaged the store stays as it is, and the exit code is 5."
      })
  int restore(
      @Parameters(paramLabel = "NAME", description = "Its name.") String name,
      @Option(
              names = "--into",
              paramLabel = "DIR",
              description = "Make another store of it, in this new or empty directory.")
          @Nullable Path into,
      @ArgGroup(exclusive = false) @Nullable OnlyOptions only)
      throws IOException {
    if (only != null && into != null) {
      throw new ParameterException(
          spec.commandLine(), "give --into for another store, or --only for this one");
    }
    if (only != null) {
      only.run(
          cli,
          copy -> {
            CommitId _ = Engram.restoreSnapshot(cli.config(false), name, copy.path().orElseThrow());
          });
      return ExitCode.OK;
    }
    CommitId last =
        into == null
            ? Engram.restoreSnapshot(cli.config(false), name)
            : Engram.restoreSnapshot(cli.config(false), name, into);
    Path where = into == null ? cli.directory() : into;
    cli.done(
        Json.object("snapshot", name, "store", where.toString(), "lastCommit", last.toString()),
        "restored " + name + " in " + where + ": last commit " + last);
    return ExitCode.OK;
  }

  @Command(name = "delete", description = "Delete snapshots.")
  int delete(
      @Parameters(arity = "1..*", paramLabel = "NAME", description = "Their names.")
          List<String> names) {
    try (Session session = cli.open()) {
      for (String name : names) {
        if (!session.engram().snapshots().delete(name)) {
          throw new NotFoundException(
              "snapshot not found: name=" + name + "; 'engram snapshot list' shows what is there");
        }
        cli.done(Json.object("deleted", name), "deleted the snapshot " + name);
      }
    }
    return ExitCode.OK;
  }

  @Command(name = "keep", description = "Delete all but the newest snapshots.")
  int keep(
      @Parameters(paramLabel = "COUNT", description = "How many are kept, from 0.") int newest) {
    try (Session session = cli.open()) {
      List<SnapshotInfo> deleted = session.engram().snapshots().keep(newest);
      print(deleted);
      cli.say("deleted " + deleted.size() + " snapshots");
    }
    return ExitCode.OK;
  }

  private void print(List<SnapshotInfo> snapshots) {
    for (SnapshotInfo each : snapshots) {
      if (cli.json()) {
        Json.print(cli.console().out(), json(each));
      } else {
        cli.console().out().println(line(each));
      }
    }
  }

  private static String line(SnapshotInfo each) {
    return each.name()
        + "  "
        + each.createdAt()
        + "  commit "
        + each.commit()
        + "  "
        + each.bytes()
        + " bytes";
  }

  private static ObjectNode json(SnapshotInfo each) {
    ObjectNode node =
        Json.object(
            "name", each.name(),
            "createdAt", each.createdAt().toString(),
            "commit", each.commit().toString(),
            "bytes", each.bytes());
    node.set("metadata", Json.metadata(each.metadata()));
    return node;
  }
}
