package dev.engram.cli;

import dev.engram.Filter;
import dev.engram.ForgetPolicy;
import dev.engram.ForgetPreview;
import dev.engram.Forgetting;
import dev.engram.MemorySpace;
import dev.engram.RecordId;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** Deletes one memory, or forgets what a policy allows. */
@Command(
    name = "forget",
    sortOptions = false,
    description = {
      "Delete a memory for good, or forget what a policy allows.",
      "An ID goes with its synapses and cannot be brought back. A policy forgets what is weak and"
          + " was",
      "not used for long, never what is pinned, and prints the operation, which 'engram undo'"
          + " takes."
    },
    footer = {
      "%nExamples:",
      "  engram forget tea",
      "  engram forget --policy standard --preview",
      "  engram forget --policy aggressive --unused-for 90d --where \"session = 'trial'\""
    })
final class ForgetCommand implements Callable<Integer> {
  private static final int TEXT = 60;

  @ParentCommand Cli cli = Parents.none();

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(arity = "0..1", paramLabel = "ID", description = "The memory to forget for good.")
  @Nullable String id;

  @Option(
      names = "--policy",
      paramLabel = "NAME",
      description = {
        "standard: faded synapses; of memories that were not used for 30 days those without a"
            + " synapse, and those used fewer than 3 times.",
        "aggressive: also weak synapses and short texts that were not used for a week or two."
      })
  @Nullable String policy;

  @Option(
      names = "--where",
      paramLabel = "FILTER",
      description = "Only memories whose metadata match, such as \"session = 'trial'\".")
  @Nullable String where;

  @Option(
      names = "--unused-for",
      paramLabel = "DURATION",
      description = "Instead of 30 days: 90d, 12h or the like.")
  @Nullable Duration unusedFor;

  @Option(names = "--fewer-accesses-than", paramLabel = "N", description = "Instead of 3 times.")
  @Nullable Long fewerAccessesThan;

  @Option(
      names = "--short-term-below",
      paramLabel = "STRENGTH",
      description = "Short-term synapses weaker than this; 0.05 unless given.")
  @Nullable Double shortTermBelow;

  @Option(
      names = "--long-term-below",
      paramLabel = "STRENGTH",
      description = "Long-term synapses weaker than this; 0.025 unless given.")
  @Nullable Double longTermBelow;

  @Option(names = "--preview", description = "Only print what would be forgotten, and why.")
  boolean preview;

  @Override
  public Integer call() {
    checkUsage();
    if (id != null) {
      forget(id);
      return ExitCode.OK;
    }
    ForgetPolicy chosen = chosen(String.valueOf(policy));
    try (Session session = cli.open();
        ProgressLine progress = ProgressLine.of(cli)) {
      MemorySpace space = session.space(cli.spaceName());
      if (preview) {
        print(space.preview(chosen));
      } else {
        print(space.forget(chosen, progress));
      }
    }
    return ExitCode.OK;
  }

  private void checkUsage() {
    if ((id == null) == (policy == null)) {
      throw usage("give an ID, or else --policy");
    }
    boolean refined = where != null || unusedFor != null || fewerAccessesThan != null;
    boolean bounded = shortTermBelow != null || longTermBelow != null;
    if (id != null && (refined || bounded || preview)) {
      throw usage("an ID is forgotten as it is; the other options go with --policy");
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private void forget(String given) {
    try (Session session = cli.open()) {
      if (!session.space(cli.spaceName()).forget(RecordId.parse(given))) {
        throw GetCommand.notFound(given, cli.spaceName());
      }
    }
    cli.done(Json.object("forgotten", given), "forgotten: " + given);
  }

  private ForgetPolicy chosen(String name) {
    ForgetPolicy chosen =
        switch (name) {
          case "standard" -> ForgetPolicy.standard();
          case "aggressive" -> ForgetPolicy.aggressive();
          default -> throw usage("unknown policy: " + name + "; use standard or aggressive");
        };
    chosen =
        chosen.synapsesBelow(
            shortTermBelow == null ? chosen.shortTermBelow() : shortTermBelow,
            longTermBelow == null ? chosen.longTermBelow() : longTermBelow);
    chosen = unusedFor == null ? chosen : chosen.unusedFor(unusedFor);
    chosen = fewerAccessesThan == null ? chosen : chosen.fewerAccessesThan(fewerAccessesThan);
    return where == null ? chosen : chosen.where(Filter.parse(where));
  }

  private void print(Forgetting done) {
    if (cli.json()) {
      Json.print(cli.console().out(), ForgettingsCommand.json(done));
    } else {
      cli.console().out().println(done.operation());
    }
    cli.say("forgot " + ForgettingsCommand.forgotten(done));
    boolean any = done.memories() + done.shortTerm() + done.longTerm() > 0;
    if (any && done.state() == Forgetting.State.UNDOABLE) {
      cli.say("'engram undo " + done.operation() + "' brings them back until " + done.undoUntil());
    }
  }

  private void print(ForgetPreview found) {
    PrintStream out = cli.console().out();
    if (cli.json()) {
      List<ObjectNode> first = found.first().stream().map(ForgetCommand::json).toList();
      Json.print(
          out,
          Json.object(
              "memories", found.memories(),
              "shortTerm", found.shortTerm(),
              "longTerm", found.longTerm(),
              "first", first));
    } else {
      for (ForgetPreview.Candidate each : found.first()) {
        String text = MemoryLines.shortened(each.memory().text(), TEXT);
        out.printf("%-9s %s  %s%n", reason(each), each.memory().id(), text);
      }
    }
    cli.say(
        "would forget "
            + found.memories()
            + " memories, "
            + found.shortTerm()
            + " short-term and "
            + found.longTerm()
            + " long-term synapses");
  }

  private static ObjectNode json(ForgetPreview.Candidate each) {
    ObjectNode node = Json.object("reason", reason(each));
    node.setAll(Json.memory(each.memory()));
    return node;
  }

  private static String reason(ForgetPreview.Candidate each) {
    return each.reason().name().toLowerCase(Locale.ROOT);
  }
}
