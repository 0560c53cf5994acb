package dev.engram.cli;

import dev.engram.BackupInfo;
import dev.engram.BackupKind;
import dev.engram.BackupReport;
import dev.engram.Backups;
import dev.engram.Engram;
import dev.engram.NotFoundException;
import dev.engram.Retention;
import dev.engram.spi.ObjectStore;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
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

/** Backups of a store, elsewhere. */
@Command(
    name = "backup",
    description = {
      "Keep copies of the store elsewhere: in a directory, best on another device, or in an object",
      "store, such as s3://bucket/prefix. What several backups have in common is kept once.",
      "'engram restore' makes a store of one."
    },
    synopsisSubcommandLabel = "ACT",
    footer = {
      "%nExample:",
      "  engram backup create /mnt/backups",
      "  engram backup create /mnt/backups --incremental",
      "  engram backup retain /mnt/backups --daily 7 --weekly 4 --monthly 12",
      "  engram backup create 's3://bucket/brain?region=eu-central-1'"
    })
final class BackupCommand implements Callable<Integer> {
  private static final String TARGET = "TARGET";

  @ParentCommand Cli cli = Parents.none();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: create, list, verify, delete or retain");
  }

  @Command(
      name = "create",
      sortOptions = false,
      description = {
        "Back the store up, and read every byte back.",
        "A backup that was cut short goes on where it was: what is there is not sent again. Where"
            + " the log no longer reaches back to the last backup, a full one is made."
      })
  int create(
      @Parameters(paramLabel = TARGET, description = Targets.DESCRIPTION) String target,
      @ArgGroup(exclusive = true) @Nullable Delta delta,
      @Option(
              names = "--meta",
              paramLabel = "KEY=VALUE",
              description = "Something to be kept with it; may be repeated.")
          @Nullable Map<String, String> meta) {
    try (Session session = cli.open();
        ObjectStore objects = Targets.open(target);
        ProgressLine progress = ProgressLine.of(cli)) {
      Backups backups = session.engram().backups().to(objects);
      BackupKind kind = delta == null ? BackupKind.FULL : delta.kind();
      BackupInfo made =
          backups.create(kind, MetaValue.metadata(meta == null ? Map.of() : meta), progress);
      if (cli.json()) {
        Json.print(cli.console().out(), json(made));
      } else {
        cli.console().out().println(made.id());
      }
      cli.say(
          "backed up commit "
              + made.commit()
              + ", "
              + name(made.kind())
              + ", "
              + made.bytes()
              + " bytes");
    }
    return ExitCode.OK;
  }

  /** What a backup holds, where it is not everything. */
  static final class Delta {
    @Option(
        names = "--incremental",
        description = "Only the commits since the newest backup in the directory.")
    boolean incremental;

    @Option(
        names = "--differential",
        description = "Only the commits since the newest full backup in the directory.")
    boolean differential;

    BackupKind kind() {
      return differential ? BackupKind.DIFFERENTIAL : BackupKind.INCREMENTAL;
    }
  }

  private static String name(BackupKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  @Command(name = "list", description = "Print the backups, newest first. Needs no store.")
  int list(@Parameters(paramLabel = TARGET, description = Targets.DESCRIPTION) String target) {
    try (ObjectStore objects = Targets.existing(target)) {
      List<BackupInfo> all = Engram.backupsIn(objects).list();
      print(all);
      if (all.isEmpty()) {
        cli.say("there are no backups");
      }
    }
    return ExitCode.OK;
  }

  @Command(
      name = "verify",
      description = {
        "Read every byte of backups and compare it. Needs no store.",
        "Exit code 5 where something is missing or altered."
      })
  int verify(
      @Parameters(index = "0", paramLabel = TARGET, description = Targets.DESCRIPTION)
          String target,
      @Parameters(
              index = "1..*",
              arity = "0..*",
              paramLabel = "ID",
              description = "Of which; 'latest' for the newest. Default: all.")
          @Nullable List<String> ids) {
    boolean ok = true;
    try (ObjectStore objects = Targets.existing(target);
        ProgressLine progress = ProgressLine.of(cli)) {
      Backups backups = Engram.backupsIn(objects);
      List<String> wanted =
          ids == null || ids.isEmpty() ? backups.list().stream().map(BackupInfo::id).toList() : ids;
      for (String id : wanted) {
        BackupReport report = backups.verify(id, progress);
        ok &= report.ok();
        print(report);
      }
    }
    return ok ? ExitCode.OK : ExitCode.CORRUPT;
  }

  private void print(BackupReport report) {
    if (cli.json()) {
      ObjectNode node = json(report.backup());
      node.set("findings", Json.object("findings", report.findings()).get("findings"));
      Json.print(cli.console().out(), node);
      return;
    }
    String id = report.backup().id();
    report.findings().forEach(what -> cli.console().out().println(id + ": " + what));
    if (report.ok()) {
      cli.console().out().println(id + ": ok");
    }
  }

  @Command(name = "delete", description = "Delete backups. Needs no store.")
  int delete(
      @Parameters(index = "0", paramLabel = TARGET, description = Targets.DESCRIPTION)
          String target,
      @Parameters(index = "1..*", arity = "1..*", paramLabel = "ID", description = "Which.")
          List<String> ids) {
    try (ObjectStore objects = Targets.existing(target)) {
      Backups backups = Engram.backupsIn(objects);
      for (String id : ids) {
        if (!backups.delete(id)) {
          throw new NotFoundException(
              "backup not found: id=" + id + "; 'engram backup list' shows what is there");
        }
        cli.done(Json.object("deleted", id), "deleted the backup " + id);
      }
    }
    return ExitCode.OK;
  }

  @Command(
      name = "retain",
      sortOptions = false,
      description = {
        "Delete the backups that no rule keeps, and what is left of those that were cut short.",
        "Needs no store. No backup may be under way in the same place."
      })
  int retain(
      @Parameters(paramLabel = TARGET, description = Targets.DESCRIPTION) String target,
      @Option(names = "--last", paramLabel = "N", description = "Keep the newest N.") int last,
      @Option(
              names = "--within",
              paramLabel = "TIME",
              description = "Keep all that are not older, such as 36h or 30d.")
          @Nullable Duration within,
      @Option(
              names = "--daily",
              paramLabel = "N",
              description = "Keep the newest of each of the last N days that have one.")
          int daily,
      @Option(names = "--weekly", paramLabel = "N", description = "The same for weeks.") int weekly,
      @Option(names = "--monthly", paramLabel = "N", description = "The same for months.")
          int monthly) {
    Duration age = within == null ? Duration.ZERO : within;
    try (ObjectStore objects = Targets.existing(target)) {
      Retention policy = new Retention(last, age, daily, weekly, monthly);
      List<BackupInfo> deleted = Engram.backupsIn(objects).retain(policy);
      print(deleted);
      cli.say("deleted " + deleted.size() + " backups");
    }
    return ExitCode.OK;
  }

  private void print(List<BackupInfo> backups) {
    for (BackupInfo each : backups) {
      if (cli.json()) {
        Json.print(cli.console().out(), json(each));
      } else {
        cli.console()
            .out()
            .println(
                each.id()
                    + "  commit "
                    + each.commit()
                    + "  "
                    + name(each.kind())
                    + "  "
                    + each.bytes()
                    + " bytes");
      }
    }
  }

  private static ObjectNode json(BackupInfo each) {
    ObjectNode node =
        Json.object(
            "id", each.id(),
            "kind", each.kind().name(),
            "createdAt", each.createdAt().toString(),
            "storeId", each.storeId(),
            "commit", each.commit().toString(),
            "bytes", each.bytes());
    each.parent().ifPresent(parent -> node.put("parent", parent));
    node.set("metadata", Json.metadata(each.metadata()));
    return node;
  }
}
