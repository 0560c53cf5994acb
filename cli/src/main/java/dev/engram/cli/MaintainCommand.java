package dev.engram.cli;

import dev.engram.CheckLevel;
import dev.engram.EngramConfig;
import dev.engram.ErrorCode;
import dev.engram.MaintenancePlan;
import dev.engram.MaintenanceResult;
import dev.engram.MaintenanceTask;
import dev.engram.Retention;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Does what keeps a store fit. */
@Command(
    name = "maintain",
    sortOptions = false,
    description = {
      "Do what keeps the store fit, such as every night: expire, consolidate, back up, retain,",
      "compact, check. A task that fails keeps no other from being done; the exit code tells."
    },
    footer = {
      "%nExamples:",
      "  engram maintain",
      "  engram maintain back-up retain check --to /mnt/backups --daily 7 --weekly 4"
    })
final class MaintainCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..*",
      paramLabel = "TASK",
      description = "expire, consolidate, back-up, retain, compact, check; default: all that can.")
  @Nullable List<String> tasks;

  @Option(names = "--to", paramLabel = "TARGET", description = "Where to back up to.")
  @Nullable Path target;

  @Option(names = "--last", paramLabel = "N", description = "Retain the newest N backups.")
  int last;

  @Option(
      names = "--within",
      paramLabel = "TIME",
      description = "Retain all that are not older, such as 36h or 30d.")
  @Nullable Duration within;

  @Option(
      names = "--daily",
      paramLabel = "N",
      description = "Retain the newest of each of the last N days that have one.")
  int daily;

  @Option(names = "--weekly", paramLabel = "N", description = "The same for weeks.")
  int weekly;

  @Option(names = "--monthly", paramLabel = "N", description = "The same for months.")
  int monthly;

  @Option(
      names = "--level",
      paramLabel = "LEVEL",
      description = "How deep to check: quick, full (the default) or deep.")
  @Nullable String level;

  @Override
  public Integer call() {
    MaintenancePlan plan = plan();
    Set<MaintenanceTask> wanted = wanted(plan);
    EngramConfig config = cli.config(false).maintenance(plan);
    List<MaintenanceResult> results;
    try (Session session = Session.open(config, null);
        ProgressLine progress = ProgressLine.of(cli)) {
      results = session.engram().maintain(wanted, progress);
    }
    results.forEach(each -> print(cli.console().out(), each));
    return exitCode(results);
  }

  private MaintenancePlan plan() {
    MaintenancePlan plan = MaintenancePlan.none().checkLevel(checkLevel());
    plan = target == null ? plan : plan.backUpTo(target);
    boolean retains = last + daily + weekly + monthly != 0 || within != null;
    Duration age = within == null ? Duration.ZERO : within;
    return retains ? plan.retain(new Retention(last, age, daily, weekly, monthly)) : plan;
  }

  private CheckLevel checkLevel() {
    return level == null ? CheckLevel.FULL : named(CheckLevel.class, level);
  }

  /** What is named has to be possible. */
  private Set<MaintenanceTask> wanted(MaintenancePlan plan) {
    if (tasks == null || tasks.isEmpty()) {
      return EnumSet.allOf(MaintenanceTask.class);
    }
    Set<MaintenanceTask> wanted = EnumSet.noneOf(MaintenanceTask.class);
    for (String name : tasks) {
      MaintenanceTask task = named(MaintenanceTask.class, name);
      if (!plan.allows(task)) {
        throw usage(name + " needs --to" + (target == null ? "" : ", and what to retain"));
      }
      wanted.add(task);
    }
    return wanted;
  }

  private <E extends Enum<E>> E named(Class<E> type, String name) {
    for (E each : type.getEnumConstants()) {
      if (name(each).equals(name)) {
        return each;
      }
    }
    throw usage("unknown: " + name + "; see --help");
  }

  private ParameterException usage(String what) {
    return new ParameterException(spec.commandLine(), what);
  }

  static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private void print(PrintStream out, MaintenanceResult result) {
    if (cli.json()) {
      Json.print(
          out,
          Json.object(
              "task", name(result.task()),
              "ok", result.ok(),
              "error", result.error().map(ErrorCode::text).orElse(""),
              "at", result.at().toString(),
              "millis", result.took().toMillis(),
              "what", result.what()));
    } else {
      out.println(name(result.task()) + ": " + (result.ok() ? "" : "failed, ") + result.what());
    }
  }

  /** Damage is the worst that can be told. */
  private static int exitCode(List<MaintenanceResult> results) {
    List<Integer> codes =
        results.stream()
            .map(MaintenanceResult::error)
            .flatMap(Optional::stream)
            .map(ExitCode::of)
            .toList();
    if (codes.isEmpty()) {
      return ExitCode.OK;
    }
    return codes.contains(ExitCode.CORRUPT) ? ExitCode.CORRUPT : codes.getFirst();
  }
}
