package dev.engram.cli;

import dev.engram.Archive;
import dev.engram.ArchivePoint;
import dev.engram.ArchiveRange;
import dev.engram.ArchiveReport;
import dev.engram.Engram;
import dev.engram.spi.KeySource;
import dev.engram.spi.ObjectStore;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** The commits of a store, elsewhere. */
@Command(
    name = "archive",
    description = {
      "Keep every commit of the store elsewhere: in a directory, best on another device, or in an"
          + " object store.",
      "'engram recover' makes a store of it as of any commit. Put backups into the same place:"
          + " a recovery begins with one."
    },
    synopsisSubcommandLabel = "ACT",
    footer = {
      "%nExample:",
      "  engram backup create /mnt/backups",
      "  engram archive ship /mnt/backups",
      "  engram recover /mnt/backups --to-time 2026-03-01T12:00:00Z --store brain-again"
    })
final class ArchiveCommand implements Callable<Integer> {
  private static final String TARGET = "TARGET";

  @ParentCommand Cli cli = Parents.none();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: ship, mark, list, verify, prune or release");
  }

  @Command(
      name = "ship",
      description = {
        "Send the commits that are not there yet, and read them back.",
        "From then on the log keeps what is not archived, up to its limit."
      })
  int ship(@Parameters(paramLabel = TARGET, description = Targets.DESCRIPTION) String target) {
    try (Session session = cli.open();
        ObjectStore objects = Targets.open(target);
        ProgressLine progress = ProgressLine.of(cli)) {
      ArchiveReport report = session.engram().archive().to(objects).ship(progress);
      cli.done(
          Json.object(
              "lastCommit", report.last().toString(),
              "commits", report.commits(),
              "files", report.files(),
              "bytes", report.bytes(),
              "lost", report.lost()),
          "archived "
              + report.commits()
              + " commits up to "
              + report.last()
              + ", "
              + report.bytes()
              + " bytes");
      if (report.lost() > 0) {
        cli.say(
            report.lost()
                + " commits before them are lost for the archive: make a full backup there");
      }
    }
    return ExitCode.OK;
  }

  @Command(
      name = "mark",
      description = "Give the last commit a name, to which the store can be recovered, and ship.")
  int mark(
      @Parameters(index = "0", paramLabel = TARGET, description = Targets.DESCRIPTION)
          String target,
      @Parameters(index = "1", paramLabel = "NAME", description = "The name.") String name) {
    try (Session session = cli.open();
        ObjectStore objects = Targets.open(target)) {
      ArchivePoint point = session.engram().archive().to(objects).mark(name);
      cli.done(json(point), "commit " + point.commit() + " is " + name);
    }
    return ExitCode.OK;
  }

  @Command(
      name = "list",
      description = {
        "Print what is there: each stretch of commits without a gap, and the names. Needs no store."
      })
  int list(@Parameters(paramLabel = TARGET, description = Targets.DESCRIPTION) String target) {
    try (ObjectStore objects = Targets.existing(target)) {
      Archive archive = archiveIn(objects);
      List<ArchiveRange> ranges = archive.ranges();
      ranges.forEach(this::print);
      archive.points().forEach(this::print);
      if (ranges.isEmpty()) {
        cli.say("there is no archive");
      }
    }
    return ExitCode.OK;
  }

  @Command(
      name = "verify",
      description = {
        "Read every byte of the archive and compare it. Needs no store.",
        "Exit code 5 where something is missing or altered."
      })
  int verify(@Parameters(paramLabel = TARGET, description = Targets.DESCRIPTION) String target) {
    List<String> findings;
    try (ObjectStore objects = Targets.existing(target);
        ProgressLine progress = ProgressLine.of(cli)) {
      findings = archiveIn(objects).verify(progress);
    }
    if (cli.json()) {
      Json.print(cli.console().out(), Json.object("findings", findings));
    } else {
      findings.forEach(cli.console().out()::println);
      cli.say(findings.isEmpty() ? "ok" : findings.size() + " findings");
    }
    return findings.isEmpty() ? ExitCode.OK : ExitCode.CORRUPT;
  }

  @Command(
      name = "prune",
      description = {
        "Delete the commits that a backup there holds already. Needs no store.",
        "No recovery leads before that backup any more. It is verified first."
      })
  int prune(
      @Parameters(index = "0", paramLabel = TARGET, description = Targets.DESCRIPTION)
          String target,
      @Parameters(
              index = "1",
              paramLabel = "ID",
              description = "The backup; 'latest' for the newest.")
          String id) {
    try (ObjectStore objects = Targets.existing(target);
        ProgressLine progress = ProgressLine.of(cli)) {
      List<ArchiveRange> deleted = archiveIn(objects).prune(id, progress);
      deleted.forEach(this::print);
      cli.say(deleted.isEmpty() ? "nothing lies before the backup" : "deleted what lies before it");
    }
    return ExitCode.OK;
  }

  @Command(
      name = "release",
      description = "Archive the store no more: let the log be trimmed whatever was archived.")
  int release() {
    try (Session session = cli.open()) {
      boolean was = session.engram().archive().release();
      cli.done(
          Json.object("released", was),
          was ? "the log keeps nothing for an archive" : "the store has no archive");
    }
    return ExitCode.OK;
  }

  private Archive archiveIn(ObjectStore objects) {
    KeySource keys = cli.keys();
    return keys == null ? Engram.archiveIn(objects) : Engram.archiveIn(objects, keys);
  }

  private void print(ArchiveRange range) {
    if (cli.json()) {
      Json.print(cli.console().out(), range);
      return;
    }
    cli.console()
        .out()
        .println(
            range.storeId()
                + "  timeline "
                + range.timeline()
                + "  commits "
                + range.firstLsn()
                + " to "
                + range.lastLsn()
                + "  "
                + range.files()
                + " files, "
                + range.bytes()
                + " bytes");
  }

  private void print(ArchivePoint point) {
    if (cli.json()) {
      Json.print(cli.console().out(), json(point));
      return;
    }
    cli.console()
        .out()
        .println(
            point.storeId()
                + "  commit "
                + point.commit()
                + "  "
                + point.createdAt()
                + "  "
                + point.name());
  }

  private static ObjectNode json(ArchivePoint point) {
    return Json.object(
        "name", point.name(),
        "storeId", point.storeId(),
        "commit", point.commit().toString(),
        "createdAt", point.createdAt().toString());
  }
}
