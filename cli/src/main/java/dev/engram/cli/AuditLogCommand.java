package dev.engram.cli;

import dev.engram.AuditCheck;
import dev.engram.AuditEntry;
import dev.engram.AuditHead;
import dev.engram.AuditLog;
import dev.engram.Limits;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** Who did what to a store. */
@Command(
    name = "audit-log",
    description = {
      "Tell who did what: a chain of entries, one for each commit, of which none can be removed or",
      "changed without its showing. Off until 'on'. The actor is $ENGRAM_ACTOR."
    },
    synopsisSubcommandLabel = "ACT",
    footer = {
      "%nExample:",
      "  engram audit-log on",
      "  engram audit-log show",
      "  engram audit-log verify --head 17:5f0c..."
    })
final class AuditLogCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: on, off, show, export, head, verify or trim");
  }

  @Command(name = "on", description = "Enter everything from now on.")
  int on() {
    return turn(true);
  }

  @Command(name = "off", description = "Enter nothing more; what is there stays.")
  int off() {
    return turn(false);
  }

  private int turn(boolean wanted) {
    try (Session session = cli.open()) {
      AuditLog log = session.engram().auditLog();
      log.on(wanted);
      cli.done(
          Json.object("on", log.isOn(), "head", log.head().toString()),
          "the audit log is " + (log.isOn() ? "on" : "off"));
    }
    return ExitCode.OK;
  }

  @Command(name = "show", description = "Print the entries, the oldest first.")
  int show(
      @Option(
              names = "--after",
              paramLabel = "N",
              description = "Only those behind this sequence number.")
          long after) {
    try (Session session = cli.open()) {
      PrintStream out = cli.console().out();
      forEach(session.engram().auditLog(), after, entry -> print(out, entry));
    }
    return ExitCode.OK;
  }

  private void print(PrintStream out, AuditEntry entry) {
    if (cli.json()) {
      Json.print(out, json(entry));
    } else {
      out.println(
          String.join(
                  "  ",
                  Long.toString(entry.sequence()),
                  entry.at().toString(),
                  "commit " + entry.commit(),
                  entry.actor().isEmpty() ? "-" : entry.actor(),
                  entry.action(),
                  entry.details())
              .stripTrailing());
    }
  }

  private static void forEach(AuditLog log, long after, Consumer<AuditEntry> visitor) {
    long reached = after;
    List<AuditEntry> page = log.entries(reached, Limits.MAX_AUDIT_PAGE);
    while (!page.isEmpty()) {
      page.forEach(visitor);
      reached = page.getLast().sequence();
      page = log.entries(reached, Limits.MAX_AUDIT_PAGE);
    }
  }

  @Command(
      name = "export",
      description = {
        "Write the entries as JSON Lines. 'hash' is SHA-256 of the values before it, from"
            + " 'sequence'",
        "to 'previous', a line each without an end of line after the last, 'at' in milliseconds."
      })
  int export(
      @Option(names = "--out", paramLabel = "FILE", required = true, description = "Where to.")
          Path file) {
    long[] count = {0};
    try (Session session = cli.open();
        PrintStream out =
            new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
      forEach(
          session.engram().auditLog(),
          0,
          entry -> {
            Json.print(out, json(entry));
            count[0]++;
          });
      if (out.checkError()) {
        throw new IOException("cannot write: file=" + file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cli.done(Json.object("entries", count[0]), "exported " + count[0] + " entries to " + file);
    return ExitCode.OK;
  }

  private static ObjectNode json(AuditEntry entry) {
    return Json.object(
        "sequence", entry.sequence(),
        "commit", entry.commit().toString(),
        "at", entry.at().toEpochMilli(),
        "actor", entry.actor(),
        "action", entry.action(),
        "details", entry.details(),
        "changes", entry.changes(),
        "previous", entry.previous(),
        "hash", entry.hash());
  }

  @Command(name = "head", description = "Print the end of the chain, to be kept elsewhere.")
  int head() {
    try (Session session = cli.open()) {
      cli.console().out().println(session.engram().auditLog().head());
    }
    return ExitCode.OK;
  }

  @Command(
      name = "verify",
      description = "Go through the whole chain. Exit code 5 where something was changed.")
  int verify(
      @Option(
              names = "--head",
              paramLabel = "SEQUENCE:HASH",
              description = "What 'head' printed once.")
          @Nullable String head) {
    Optional<AuditHead> known = Optional.ofNullable(head).map(AuditHead::parse);
    AuditCheck check;
    try (Session session = cli.open()) {
      check = session.engram().auditLog().verify(known);
    }
    PrintStream out = cli.console().out();
    if (cli.json()) {
      Json.print(
          out,
          Json.object(
              "ok", check.ok(),
              "entries", check.entries(),
              "head", check.head().toString(),
              "findings", check.findings()));
    } else {
      check.findings().forEach(out::println);
      out.println(check.ok() ? "ok: " + check.entries() + " entries" : "not whole");
    }
    return check.ok() ? ExitCode.OK : ExitCode.CORRUPT;
  }

  @Command(name = "trim", description = "Remove old entries; what is left can still be verified.")
  int trim(
      @Option(
              names = "--older-than",
              paramLabel = "TIME",
              required = true,
              description = "Such as 365d.")
          Duration age) {
    try (Session session = cli.open()) {
      long removed = session.engram().auditLog().trim(Instant.now().minus(age));
      cli.done(Json.object("removed", removed), "removed " + removed + " entries");
    }
    return ExitCode.OK;
  }
}
