package dev.engram.soak;

import dev.engram.Durability;
import dev.engram.bench.Options;
import dev.engram.testing.FileTree;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The {@code engram soak} command: steps in an order drawn from a seed, until the time is over or
 * something is wrong. Each round takes every kind of step once. The same seed makes the same
 * decisions; how far a process came that was killed after some time is all that may differ.
 */
public final class Soak {
  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final String HELP =
      """
      usage: engram soak [--minutes N] [--steps N] [--seed N] [--only KIND,...] [--folder DIR]
                 [--promise NAME]

        --minutes N      how long, 1 unless given; 0 where only --steps counts
        --steps N        at most so many steps
        --seed N         makes the decisions of the run that printed it
        --only KIND,...  these kinds of steps alone, such as KILL,DAMAGE
        --folder DIR     a new directory for the store and what goes with it, instead of a
                         temporary one; deleted in the end unless something is wrong
        --promise NAME   what the store is to keep: durable unless given; with periodic, which
                         promises less, the soak has to fail
      """;

  private static final Set<String> NAMES =
      Set.of("--minutes", "--steps", "--seed", "--only", "--folder", "--promise");

  private final Settings settings;
  private final long seed;
  private final World world;
  private final PrintStream out;

  /**
   * What is soaked for how long.
   *
   * @param time zero for no limit
   * @param steps the most
   * @param kinds of steps that a round is made of
   */
  record Settings(long seed, Duration time, int steps, List<Step> kinds, Durability promise) {}

  /**
   * @param folder an empty directory, kept where something is wrong
   */
  Soak(Settings settings, Path folder, PrintStream out) {
    this.settings = settings;
    this.seed = settings.seed;
    this.world = new World(folder, settings.promise);
    this.out = out;
  }

  /** Ends with 0 where nothing is wrong, with 1 where something is, with 2 for wrong words. */
  public static void main(String[] arguments) throws IOException {
    try {
      System.exit(of(new Options(List.of(arguments), Set.of("--help"), NAMES)));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(HELP);
      System.exit(USAGE);
    }
  }

  private static int of(Options options) throws IOException {
    if (options.has("--help")) {
      System.out.print(HELP);
      return 0;
    }
    String given = options.text("--seed");
    long seed = given == null ? System.nanoTime() : Long.parseLong(given);
    int minutes = options.number("--minutes", 1);
    int steps = options.number("--steps", Integer.MAX_VALUE);
    if (minutes < 0 || steps < 1 || (minutes == 0 && steps == Integer.MAX_VALUE)) {
      throw new IllegalArgumentException("it would never begin, or never end");
    }
    Durability promise = promise(options.text("--promise"));
    Settings settings =
        new Settings(
            seed, Duration.ofMinutes(minutes), steps, kinds(options.text("--only")), promise);
    Path folder = folder(options.text("--folder"));
    return new Soak(settings, folder, System.out).run() ? 0 : FAILED;
  }

  private static List<Step> kinds(@Nullable String only) {
    return only == null
        ? List.of(Step.values())
        : Stream.of(only.split(",", -1)).map(Step::valueOf).toList();
  }

  private static Path folder(@Nullable String given) throws IOException {
    if (given == null) {
      return Files.createTempDirectory("engram-soak");
    }
    Path folder = Path.of(given);
    if (Files.exists(folder)) {
      throw new IllegalArgumentException("it exists already: folder=" + folder);
    }
    return Files.createDirectories(folder);
  }

  private static Durability promise(@Nullable String word) {
    return switch (word == null ? "durable" : word) {
      case "durable" -> Durability.DURABLE;
      case "process" -> Durability.PROCESS;
      case "periodic" -> Durability.periodic(Duration.ofHours(1));
      default -> throw new IllegalArgumentException("no such promise: " + word);
    };
  }

  /** Runs; says whether nothing was wrong. */
  boolean run() throws IOException {
    out.println("soak: seed=" + seed + ", folder=" + world.folder());
    long began = System.nanoTime();
    int done = 0;
    Step step = null;
    try (world) {
      world.begin(random(0));
      while (goesOn(done, began)) {
        step = step(done);
        done++;
        run(step, done);
      }
    } catch (Exception | Error e) {
      tell(e, step, done);
      return false;
    }
    FileTree.delete(world.folder());
    out.println(
        "soak: nothing is wrong: seed=" + seed + ", steps=" + done + ", time=" + elapsed(began));
    out.println(world.tally());
    return true;
  }

  private boolean goesOn(int done, long began) {
    Duration time = settings.time;
    return done < settings.steps && (time.isZero() || elapsed(began).compareTo(time) < 0);
  }

  private void run(Step step, int number) throws IOException {
    long began = System.nanoTime();
    step.run(world, random(number));
    world.tally().count("steps " + step, 1);
    double seconds = elapsed(began).toMillis() / 1e3;
    out.printf(Locale.ROOT, "step %d %s: %.1f s%n", number, step, seconds);
  }

  private void tell(Throwable failure, @Nullable Step step, int number) {
    out.println("soak: FAILED: seed=" + seed + ", step=" + number + ", kind=" + step);
    out.println("  " + failure.getMessage());
    failure.printStackTrace(out);
    out.println("kept: " + world.folder());
    out.println(
        "again: ./engram soak --minutes 0 --seed " + seed + " --steps " + Math.max(1, number));
  }

  /** Each round has every kind of step, in an order of its own. */
  private Step step(int done) {
    List<Step> round = new ArrayList<>(settings.kinds);
    Collections.shuffle(round, new Random(seed + done / round.size()));
    return round.get(done % round.size());
  }

  private RandomGenerator random(int step) {
    return new SplittableRandom(seed * 1_000_003 + step);
  }

  private static Duration elapsed(long began) {
    return Duration.ofNanos(System.nanoTime() - began);
  }
}
