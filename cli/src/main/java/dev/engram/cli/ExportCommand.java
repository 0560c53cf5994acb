package dev.engram.cli;

import dev.engram.CommitId;
import dev.engram.Export;
import dev.engram.Filter;
import dev.engram.Keyring;
import dev.engram.Scope;
import dev.engram.Transfer;
import dev.engram.TransferReport;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Writes a space, a collection or everything. */
@Command(
    name = "export",
    sortOptions = false,
    description = {
      "Write a space, a collection or everything, which 'import --exact' reads again.",
      "Ids, texts, metadata, provenance, dates, access counts, importance, pins and synapses come"
          + " back as they were, and with them what a collection or space was made with; what was"
          + " forgotten and the history are not written.",
      "The export of an encrypted store is encrypted by its key; 'import' needs it."
    },
    footer = {
      "%nExamples:",
      "  engram export --out memories.jsonl",
      "  engram export --all --vectors --format msgpack --compress zstd --out brain.msgpack.zst",
      "  engram export --user alice --where \"year >= 2020\""
    })
final class ExportCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--collection",
      paramLabel = "NAME",
      description = "The collection to write, instead of a space.")
  @Nullable String collection;

  @Option(names = "--all", description = "Write every collection and space.")
  boolean all;

  @Option(
      names = "--vectors",
      description = "Write vectors too; without them a space makes its own anew.")
  boolean vectors;

  @Option(
      names = "--format",
      paramLabel = "FORM",
      description =
          "The form: jsonl, the default, json, msgpack or sqlite, which keep everything; memories,"
              + " mcp, graphml, node-link, fvecs or npy, for other programs.")
  String format = "jsonl";

  @Option(
      names = "--compress",
      paramLabel = "NAME",
      description = "Compress by gzip, zstd, lz4 or brotli.")
  @Nullable String compression;

  @Option(
      names = "--level",
      paramLabel = "N",
      description = "How hard to compress: 1 is the quickest; with --compress.")
  @Nullable Integer level;

  @Option(
      names = "--where",
      paramLabel = "FILTER",
      description = "Only what has matching metadata, such as \"year >= 2020\".")
  @Nullable String where;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      converter = InstantOption.class,
      description =
          "Only what was stored or changed since: an instant, or a day in UTC. What was removed is"
              + " not told.")
  @Nullable Instant since;

  @Option(
      names = "--after",
      paramLabel = "COMMIT",
      converter = CommitOption.class,
      description =
          "Only what a commit after this one wrote, such as the one, 1/17, that the last export"
              + " named. What was removed is not told.")
  @Nullable CommitId after;

  @Mixin ScopeOptions scope = new ScopeOptions();

  @Option(
      names = "--export-key",
      paramLabel = "FILE",
      description =
          "Encrypt it by the newest key of this keyring, of any store: who has that key can read"
              + " it.")
  @Nullable Path exportKey;

  @Option(
      names = "--plaintext",
      description = "Do not encrypt it, also of an encrypted store: whoever has it can read it.")
  boolean plaintext;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to write; standard output unless given. Replaced when all is written.")
  @Nullable Path out;

  @Override
  public Integer call() {
    if (all && (collection != null || cli.space != null)) {
      throw new ParameterException(spec.commandLine(), "--all: without --collection and --space");
    }
    if (level != null && compression == null) {
      throw new ParameterException(spec.commandLine(), "--level: say by what to --compress");
    }
    if (plaintext && exportKey != null) {
      throw new ParameterException(spec.commandLine(), "--plaintext: without --export-key");
    }
    try (Session session = cli.open();
        ProgressLine progress = ProgressLine.of(cli)) {
      Transfer transfer = session.engram().transfer();
      TransferReport report =
          out == null
              ? transfer.write(export(session), cli.console().out(), progress)
              : transfer.write(export(session), out, progress);
      tell(report, isEncrypted(session));
    }
    return ExitCode.OK;
  }

  private void tell(TransferReport report, boolean encrypted) {
    String commit = report.commit().map(CommitId::toString).orElse("");
    if (cli.json() && out != null) {
      Json.print(
          cli.console().out(),
          Json.object(
              "exported", report.records(),
              "synapses", report.synapses(),
              "collections", report.collections(),
              "sha256", report.sha256().orElse(""),
              "encrypted", encrypted,
              "commit", commit));
    }
    String synapses = report.synapses() == 0 ? "" : " and " + report.synapses() + " synapses";
    String sealed = encrypted ? ", encrypted" : "";
    cli.say("exported " + report.records() + synapses + sealed + ", up to commit " + commit);
  }

  private boolean isEncrypted(Session session) {
    return exportKey != null || (!plaintext && session.engram().encryption().isPresent());
  }

  private Export export(Session session) {
    Export export = all ? Export.everything() : Export.of(name(session));
    export = export.format(format);
    if (compression != null) {
      export =
          level == null ? export.compression(compression) : export.compression(compression, level);
    }
    export = where == null ? export : export.where(Filter.parse(where));
    export = since == null ? export : export.changedSince(since);
    export = after == null ? export : export.changedAfter(after);
    export = scoped(scoped(export, Scope.USER, scope.user), Scope.AGENT, scope.agent);
    export = scoped(export, Scope.SESSION, scope.session);
    export = plaintext ? export.allowPlaintext() : export;
    export = exportKey == null ? export : export.encryption(Keyring.at(exportKey));
    return vectors ? export : export.withoutVectors();
  }

  private static Export scoped(Export export, String key, @Nullable String value) {
    return value == null ? export : export.where(Filter.eq(key, value));
  }

  private String name(Session session) {
    return collection == null
        ? session.space(cli.spaceName()).name()
        : session.engram().collection(collection).name();
  }
}
