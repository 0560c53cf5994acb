package dev.engram.bench;

import dev.engram.internal.vector.CodeTimings;
import dev.engram.internal.vector.FloatTimings;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * What the kernels of the vector index cost, each by JMH in a JVM of its own. Which kernels there
 * are is the JVM's choice; so they are measured as users get them. Each such JVM compares their
 * answers with those of the scalar kernels first.
 */
final class KernelBench {
  private static final String CODES = CodeTimings.class.getName() + ".";
  private static final String FLOATS = FloatTimings.class.getName() + ".";
  private static final String VECTOR_API = "--add-modules=jdk.incubator.vector";

  /** What the benchmark of a name is called in the report, in its order. */
  private static final List<Measured> MEASURED =
      List.of(
          new Measured(CODES + "scan", "scan of one-bit codes"),
          new Measured(CODES + "key", "precise key"),
          new Measured(CODES + "quantise", "quantising a query"),
          new Measured(CODES + "encode", "encoding"),
          new Measured(CODES + "rotate", "rotation"),
          new Measured(FLOATS + "dot", "dot product of floats"),
          new Measured(FLOATS + "squaredDistance", "squared distance of floats"));

  /**
   * Kernels by what makes a JVM choose them; where it has no wider registers, some are the same.
   */
  private static final List<Kernels> KERNELS =
      List.of(
          new Kernels("best", List.of(VECTOR_API), ""),
          new Kernels("256-bit", List.of(VECTOR_API, "-XX:MaxVectorSize=32"), ""),
          new Kernels("128-bit", List.of(VECTOR_API, "-XX:MaxVectorSize=16"), FLOATS),
          new Kernels("scalar", List.of(), ""));

  private static final List<String> ALL = KERNELS.stream().map(Kernels::name).toList();

  private final List<Kernels> chosen;
  private final Effort effort;
  private final Report report = new Report();

  private record Measured(String benchmark, String name) {}

  /**
   * Some kernels.
   *
   * @param flags that a JVM chooses them by
   * @param only the prefix of the benchmarks that they have code of their own for
   */
  private record Kernels(String name, List<String> flags, String only) {}

  /**
   * How to measure.
   *
   * @param forks JVMs for each benchmark; 0 for this one, whose kernels are then all that there are
   * @param dimensions of vectors
   * @param warmUps rounds that do not count
   * @param rounds of which the median counts
   * @param roundMillis of each
   */
  record Effort(int forks, List<Integer> dimensions, int warmUps, int rounds, int roundMillis) {}

  /**
   * Measures some of the kernels.
   *
   * @param names of them
   */
  KernelBench(List<String> names, Effort effort) {
    this.chosen = KERNELS.stream().filter(kernels -> names.contains(kernels.name)).toList();
    this.effort = effort;
  }

  /** The whole benchmark, as the command runs it. */
  static KernelBench of(boolean quick) {
    return new KernelBench(
        ALL,
        quick
            ? new Effort(1, List.of(384), 7, 3, 150)
            : new Effort(1, List.of(384, 768), 5, 7, 400));
  }

  Report run() {
    for (Kernels kernels : chosen) {
      System.err.println("kernels: " + kernels.name);
      Collection<RunResult> results = measure(kernels);
      for (Measured measured : MEASURED) {
        results.stream()
            .filter(result -> result.getParams().getBenchmark().equals(measured.benchmark))
            .forEach(result -> add(kernels, measured, result));
      }
    }
    return report;
  }

  private Collection<RunResult> measure(Kernels kernels) {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .param(
                "dimension", effort.dimensions.stream().map(String::valueOf).toArray(String[]::new))
            .warmupIterations(effort.warmUps)
            .warmupTime(TimeValue.milliseconds(effort.roundMillis))
            .measurementIterations(effort.rounds)
            .measurementTime(TimeValue.milliseconds(effort.roundMillis))
            .forks(effort.forks)
            .jvmArgs(kernels.flags.toArray(String[]::new))
            .jvmArgsAppend("--sun-misc-unsafe-memory-access=allow") // JMH's own use of it
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true);
    for (Measured measured : MEASURED) {
      if (measured.benchmark.startsWith(kernels.only)) {
        options.include(measured.benchmark.replace(".", "\\.") + "$");
      }
    }
    // Else its lock stays behind in the directory for temporary files.
    System.setProperty("jmh.ignoreLock", "true");
    try {
      return new Runner(options.build()).run();
    } catch (RunnerException e) {
      throw new IllegalStateException("a benchmark failed: kernels=" + kernels.name, e);
    }
  }

  private void add(Kernels kernels, Measured measured, RunResult result) {
    int dimension = Integer.parseInt(result.getParams().getParam("dimension"));
    double nanos = result.getPrimaryResult().getStatistics().getPercentile(50);
    Map<String, Object> params = Map.of("dimension", dimension, "flags", kernels.flags);
    report.add(kernels.name, measured.name + ", " + dimension + "-d", "ns/vector", nanos, params);
    if (kernels.name.equals("best") && measured.benchmark.endsWith(".scan") && dimension == 384) {
      report.atMost("scan of one-bit codes, 384-d, ns/vector", 1.5, .9, nanos);
    }
  }
}
