package dev.engram.cli;

import dev.engram.Dynamics;
import dev.engram.MemorySpace;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shows and changes how a space learns, fades and forgets. */
@Command(
    name = "dynamics",
    sortOptions = false,
    description = {
      "Print and change how the space learns, fades, consolidates and forgets.",
      "A duration is 30d, 12h, 90m or the like."
    },
    footer = {
      "%nExamples:",
      "  engram dynamics",
      "  engram dynamics --preset high-performance --undo-window 30d"
    })
final class DynamicsCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description =
          "Begin with standard, high-performance or research-optimized; other options change that.")
  @Nullable String preset;

  @Option(
      names = "--learning-rate",
      paramLabel = "RATE",
      description = "What a synapse gains of what it lacks, above 0 to 1.")
  @Nullable Double learningRate;

  @Option(
      names = "--decay-rate",
      paramLabel = "RATE",
      description = "What a short-term synapse loses in a cycle of sleep, 0 to below 1.")
  @Nullable Double decayRate;

  @Option(
      names = "--consolidation-threshold",
      paramLabel = "STRENGTH",
      description = "From which on a synapse counts as strong, above 0 to 1.")
  @Nullable Double consolidationThreshold;

  @Option(
      names = "--short-term-limit",
      paramLabel = "N",
      description = "With more short-term synapses a space consolidates before its time.")
  @Nullable Long shortTermLimit;

  @Option(
      names = "--consolidation-interval",
      paramLabel = "DURATION",
      description = "How often a space consolidates by itself.")
  @Nullable Duration consolidationInterval;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Synapses or memories that a job works on in one commit.")
  @Nullable Integer batch;

  @Option(
      names = "--recall-limit",
      paramLabel = "N",
      description = "Memories that an activation finds at most, unless told.")
  @Nullable Integer recallLimit;

  @Option(
      names = "--working-memory-limit",
      paramLabel = "N",
      description = "Memories that working memory holds.")
  @Nullable Integer workingMemoryLimit;

  @Option(
      names = "--working-memory-time",
      paramLabel = "DURATION",
      description = "How long a memory stays there after it was last used.")
  @Nullable Duration workingMemoryTime;

  @Option(
      names = "--importance-half-life",
      paramLabel = "DURATION",
      description = "After which half of a memory's importance above the floor is left.")
  @Nullable Duration importanceHalfLife;

  @Option(
      names = "--importance-floor",
      paramLabel = "VALUE",
      description = "Importance does not fade below this, 0 to 1.")
  @Nullable Double importanceFloor;

  @Option(
      names = "--undo-window",
      paramLabel = "DURATION",
      description = "How long what a policy forgot can be brought back; 0s for not at all.")
  @Nullable Duration undoWindow;

  @Option(
      names = "--history-time",
      paramLabel = "DURATION",
      description = "How long it is remembered what memories said before; 0s for not at all.")
  @Nullable Duration historyTime;

  @Option(
      names = "--recall-loop-guard",
      arity = "1",
      paramLabel = "BOOLEAN",
      description = "Whether what a recent recall returned and is learned again is no news.")
  @Nullable Boolean recallLoopGuard;

  @Option(
      names = "--relations",
      paramLabel = "NAMES",
      converter = AutoRelations.class,
      description = {
        "Synapses that learning makes: similar, temporal, hierarchy and session, with",
        "commas between, or none."
      })
  AutoRelations.@Nullable Chosen relations;

  @Override
  public Integer call() {
    try (Session session = cli.open()) {
      MemorySpace space = session.space(cli.spaceName());
      Dynamics before = space.dynamics();
      Dynamics after = changed(preset == null ? before : preset(preset));
      if (!after.equals(before)) {
        space.dynamics(after);
      }
      print(space.dynamics());
    }
    return ExitCode.OK;
  }

  private Dynamics preset(String name) {
    return switch (name) {
      case "standard" -> Dynamics.standard();
      case "high-performance" -> Dynamics.highPerformance();
      case "research-optimized" -> Dynamics.researchOptimized();
      default ->
          throw new ParameterException(
              spec.commandLine(),
              "unknown preset: " + name + "; use standard, high-performance or research-optimized");
    };
  }

  private Dynamics changed(Dynamics from) {
    Dynamics d = from;
    d = with(d, learningRate, Dynamics::learningRate);
    d = with(d, decayRate, Dynamics::decayRate);
    d = with(d, consolidationThreshold, Dynamics::consolidationThreshold);
    d = with(d, shortTermLimit, Dynamics::shortTermLimit);
    d = with(d, consolidationInterval, Dynamics::consolidationInterval);
    d = with(d, batch, Dynamics::batch);
    d = with(d, recallLimit, Dynamics::recallLimit);
    d = with(d, workingMemoryLimit, Dynamics::workingMemoryLimit);
    d = with(d, workingMemoryTime, Dynamics::workingMemoryTime);
    d = with(d, importanceHalfLife, Dynamics::importanceHalfLife);
    d = with(d, importanceFloor, Dynamics::importanceFloor);
    d = with(d, undoWindow, Dynamics::undoWindow);
    d = with(d, historyTime, Dynamics::historyTime);
    d = with(d, recallLoopGuard, Dynamics::recallLoopGuard);
    return relations == null ? d : d.relations(relations.relations());
  }

  private static <T> Dynamics with(
      Dynamics dynamics, @Nullable T value, BiFunction<Dynamics, T, Dynamics> change) {
    return value == null ? dynamics : change.apply(dynamics, value);
  }

  private void print(Dynamics dynamics) {
    PrintStream out = cli.console().out();
    Map<String, Object> values = values(dynamics);
    if (cli.json()) {
      Json.print(out, values);
    } else {
      values.forEach((name, value) -> out.printf("%-24s %s%n", name, value));
    }
  }

  /** Each by the name of its option. */
  private static Map<String, Object> values(Dynamics d) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("learning-rate", d.learningRate());
    values.put("decay-rate", d.decayRate());
    values.put("consolidation-threshold", d.consolidationThreshold());
    values.put("short-term-limit", d.shortTermLimit());
    values.put("consolidation-interval", DurationText.of(d.consolidationInterval()));
    values.put("batch", d.batch());
    values.put("recall-limit", d.recallLimit());
    values.put("working-memory-limit", d.workingMemoryLimit());
    values.put("working-memory-time", DurationText.of(d.workingMemoryTime()));
    values.put("importance-half-life", DurationText.of(d.importanceHalfLife()));
    values.put("importance-floor", d.importanceFloor());
    values.put("undo-window", DurationText.of(d.undoWindow()));
    values.put("history-time", DurationText.of(d.historyTime()));
    values.put("recall-loop-guard", d.recallLoopGuard());
    values.put("relations", AutoRelations.of(d.relations()));
    return values;
  }
}
