package dev.engram.cli;

import dev.engram.Audit;
import dev.engram.AuditReport;
import dev.engram.AuditReport.Finding;
import dev.engram.AuditReport.Kind;
import dev.engram.MemorySpace;
import dev.engram.NearDuplicates;
import dev.engram.RecordId;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.node.ObjectNode;

/** Looks through a space for what somebody may want to tidy. */
@Command(
    name = "audit",
    sortOptions = false,
    description = {
      "Look for duplicates, near duplicates, memories that were never recalled, recalls that came",
      "back as new content, and what leads to something that is gone. Changes nothing."
    },
    footer = {
      "%nExamples:",
      "  engram audit",
      "  engram audit --unused-for 90d --sample 100000 --json"
    })
final class AuditCommand implements Callable<Integer> {
  private static final int TEXT = 60;

  @ParentCommand Cli cli = Parents.none();

  @Option(
      names = "--unused-for",
      paramLabel = "DURATION",
      description = "Memories that are older and were never recalled; 30d unless given.")
  @Nullable Duration unusedFor;

  @Option(
      names = "--sample",
      paramLabel = "N",
      description = "Look for near duplicates of about so many memories; 10000 unless given.")
  @Nullable Integer sample;

  @Mixin LikenessOptions likeness = new LikenessOptions();

  @Option(
      names = "--list",
      paramLabel = "N",
      description = "Print so many findings of each kind; 100 unless given.")
  @Nullable Integer listed;

  @Override
  public Integer call() {
    Audit audit = audit();
    try (Session session = cli.open();
        ProgressLine progress = ProgressLine.of(cli)) {
      MemorySpace space = session.space(cli.spaceName());
      AuditReport report = space.audit(audit, progress);
      if (cli.json()) {
        Json.print(cli.console().out(), json(report));
      } else {
        print(cli.console().out(), space, report);
      }
    }
    return ExitCode.OK;
  }

  private Audit audit() {
    Audit audit = Audit.standard().nearDuplicates(likeness.of(NearDuplicates.Action.KEEP));
    audit = unusedFor == null ? audit : audit.unusedFor(unusedFor);
    audit = sample == null ? audit : audit.sample(sample);
    return listed == null ? audit : audit.listed(listed);
  }

  private void print(PrintStream out, MemorySpace space, AuditReport report) {
    for (Kind kind : Kind.values()) {
      out.printf(Locale.ROOT, "%-18s %,d%n", name(kind), report.count(kind));
      report.of(kind).forEach(finding -> print(out, space, finding));
    }
    cli.say(
        String.format(
            Locale.ROOT,
            "looked at %,d memories and %,d synapses; near duplicates of %,d memories",
            report.memories(),
            report.synapses(),
            report.compared()));
  }

  private static void print(PrintStream out, MemorySpace space, Finding finding) {
    out.println("  " + measure(finding));
    for (RecordId id : finding.memories()) {
      String text = space.get(id).map(each -> MemoryLines.shortened(each.text(), TEXT)).orElse("");
      out.println(("    " + id + "  " + text).stripTrailing());
    }
  }

  private static String measure(Finding finding) {
    double measure = finding.measure();
    return switch (finding.kind()) {
      case EXACT_DUPLICATES -> String.format(Locale.ROOT, "%.0f copies", measure);
      case NEAR_DUPLICATES -> String.format(Locale.ROOT, "similarity %.3f", measure);
      case NEVER_RECALLED -> String.format(Locale.ROOT, "%.0f days old", measure);
      case RECALL_LOOPS -> String.format(Locale.ROOT, "came back %.0f times", measure);
      case DANGLING_SYNAPSES -> String.format(Locale.ROOT, "strength %.3f", measure);
      case SUPERSEDER_GONE -> String.format(Locale.ROOT, "gone for %.0f days", measure);
      case PENDING -> String.format(Locale.ROOT, "waits for %.0f days", measure);
    };
  }

  private static ObjectNode json(AuditReport report) {
    ObjectNode counts = Json.object();
    report.counts().forEach((kind, count) -> counts.put(name(kind), count));
    List<ObjectNode> findings = report.findings().stream().map(AuditCommand::json).toList();
    return Json.object(
        "memories", report.memories(),
        "synapses", report.synapses(),
        "compared", report.compared(),
        "counts", counts,
        "findings", findings);
  }

  private static ObjectNode json(Finding finding) {
    return Json.object(
        "kind", name(finding.kind()),
        "memories", MemoryLines.ids(finding.memories()),
        "measure", finding.measure());
  }

  private static String name(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
