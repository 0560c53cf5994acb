package dev.engram.soak;

import dev.engram.CheckReport;
import dev.engram.CommitId;
import dev.engram.Engram;
import dev.engram.EngramException;
import dev.engram.Progress;
import dev.engram.testing.Damage;
import dev.engram.testing.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * Damages files in copies: of the store, of a snapshot, of a backup, of the archive. What is
 * damaged has to be refused with a typed error or to be rebuilt; no answer may be wrong. Kinds of
 * files and of damage that came least often are taken first.
 */
final class DamageStep {
  private static final int TRIALS = 2;
  private static final int COMMITS = 4;
  private static final Duration HEALING = Duration.ofMinutes(1);
  private static final String WRITE_AHEAD_LOG = "log/#.log";
  private static final String SNAPSHOTS = "snapshots";

  /** Least characters of an error that says what failed and what to do. */
  private static final int LEAST_MESSAGE = 20;

  private final World world;
  private final RandomGenerator random;
  private final Path copy;

  /** What the store was after each of its last commits, the last one at the end. */
  private final List<Model> states = new ArrayList<>();

  private DamageStep(World world, RandomGenerator random) {
    this.world = world;
    this.random = random;
    this.copy = world.fresh("damaged");
  }

  /** A file of a directory and what becomes of it. */
  private record Trial(Path file, String kind, Damage damage) {
    @Override
    public String toString() {
      return damage + " " + file;
    }
  }

  static void run(World world, RandomGenerator random) throws IOException {
    new DamageStep(world, random).run();
  }

  private void run() throws IOException {
    Path intact = world.fresh("intact");
    commit();
    FileTree.copy(world.store(), intact);
    for (int i = 0; i < TRIALS; i++) {
      damageStore(intact);
    }
    if (!world.snapshots().isEmpty()) {
      damageSnapshot(intact);
    }
    if (!world.backups().isEmpty()) {
      damageBackup();
    }
    if (!world.archived().isEmpty()) {
      damageArchive();
    }
    World.delete(intact);
  }

  /** Some commits that are in the write-ahead log alone. */
  private void commit() {
    world.engram().checkpoint();
    states.add(world.model().copy());
    for (int i = 0; i < COMMITS; i++) {
      int part = random.nextInt(Model.PARTS);
      State base = world.model().parts().get(part);
      world.write(new Planner(base, part, world.millis(), random).plan(1), part);
      states.add(world.model().copy());
    }
  }

  private void damageStore(Path intact) throws IOException {
    FileTree.copy(intact, copy);
    FileTree.delete(copy.resolve(SNAPSHOTS));
    Trial trial = damage(copy, file -> !file.endsWith("LOG") && !file.endsWith("engram.lock"));
    try (Engram engram = Engram.open(world.config(copy).createIfMissing(false))) {
      judge(engram, trial);
      world.tally().count("damage that did no harm or was healed", 1);
    } catch (EngramException e) {
      requireExplained(e, trial);
    } catch (SoakFailure e) {
      throw new SoakFailure(trial + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      throw new SoakFailure(trial + ": an untyped error", e);
    }
    World.delete(copy);
  }

  /** Damages what came least often. */
  private Trial damage(Path directory, Predicate<Path> some) throws IOException {
    List<Trial> trials = new ArrayList<>();
    for (Path file : FileTree.files(directory)) {
      Path relative = directory.relativize(file);
      if (some.test(relative) && Files.size(file) > 0) {
        for (Damage damage : Damage.values()) {
          trials.add(new Trial(relative, kind(relative), damage));
        }
      }
    }
    int first = random.nextInt(trials.size());
    List<Trial> turned = new ArrayList<>(trials.subList(first, trials.size()));
    turned.addAll(trials.subList(0, first));
    Trial trial = turned.stream().min(Comparator.comparingLong(this::times)).orElseThrow();
    world.tally().count(name(trial), 1);
    Path file = directory.resolve(trial.file);
    byte[] bytes = Files.readAllBytes(file);
    if (trial.damage == Damage.FLIPPED) {
      Files.delete(file);
      Files.write(file, Damage.flipped(bytes, random.nextInt(bytes.length), random.nextInt(8)));
    } else {
      trial.damage.write(file, bytes);
    }
    return trial;
  }

  private long times(Trial trial) {
    return world.tally().of(name(trial));
  }

  private static String name(Trial trial) {
    return "damage " + trial.kind + " " + trial.damage;
  }

  /** The path without the numbers and names that differ from run to run. */
  private static String kind(Path file) {
    return file.toString()
        .replace('\\', '/')
        .replaceAll("_[0-9a-z]+", "_#")
        .replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "#")
        .replaceAll("-[0-9a-f]{16}$", "-#")
        .replaceAll("[0-9a-f]{64}", "#")
        .replaceAll("[0-9]+(t[0-9]+z-[0-9a-f]+)?", "#");
  }

  private void judge(Engram engram, Trial trial) {
    Model found = Found.in(engram);
    Model last = states.getLast();
    // The end of the write-ahead log cannot be told from a commit that was never finished.
    boolean tail = trial.kind.equals(WRITE_AHEAD_LOG);
    Model held =
        (tail ? states.reversed() : List.of(last))
            .stream()
                .filter(each -> each.differences(found, world.millis()).isEmpty())
                .findFirst()
                .orElse(last);
    SoakFailure.requireNone(held.differences(found, world.millis()), "it holds something else");
    SoakFailure.require(
        engram.awaitViews(engram.lastCommit(), HEALING), "the views are not healed");
    SoakFailure.requireNone(
        Answers.differences(engram, held, world.millis(), random), "it answers wrong");
    CheckReport report = engram.check();
    SoakFailure.require(
        report.ok() || trial.kind.startsWith("log/"), "the views are still damaged: " + report);
  }

  private void requireExplained(EngramException e, Trial trial) {
    SoakFailure.require(
        String.valueOf(e.getMessage()).length() > LEAST_MESSAGE,
        trial + ": the error says too little: " + e);
    world.tally().count("damage that was refused", 1);
  }

  private void damageSnapshot(Path intact) throws IOException {
    FileTree.copy(intact, copy);
    String name = SnapshotSteps.one(world, random);
    Trial trial = damage(copy, file -> file.startsWith(SNAPSHOTS) && !file.endsWith("LOG"));
    Path other = world.fresh("restored");
    try {
      CommitId _ = Engram.restoreSnapshot(copy, name, other);
      world.verify(other, world.snapshot(name), random, trial.toString());
    } catch (EngramException e) {
      requireExplained(e, trial);
    }
    World.delete(other);
    World.delete(copy);
  }

  private void damageBackup() throws IOException {
    FileTree.copy(world.backupTarget(), copy);
    Trial trial = damage(copy, file -> true);
    Path other = world.fresh("restored");
    for (String id : world.backups().keySet()) {
      boolean found = findsDamage(copy, id);
      try {
        CommitId _ = Engram.restore(copy, id, other);
        SoakFailure.require(!found, trial + ": a backup was restored that is damaged");
        world.verify(other, world.backup(id), random, trial.toString());
      } catch (EngramException e) {
        requireExplained(e, trial);
        SoakFailure.require(found, trial + ": verifying the backup found nothing");
      }
      World.delete(other);
    }
    World.delete(copy);
  }

  /** Whatever is recovered from it is as it was, or there is an error and no store. */
  private void damageArchive() throws IOException {
    FileTree.copy(world.archiveTarget(), copy);
    Trial trial = damage(copy, file -> true);
    Path other = world.fresh("recovered");
    List<Archived> moments = new ArrayList<>(world.archived());
    // Where the newest commits are gone altogether, an instant leads to what came before.
    moments.removeIf(each -> each.point().instant().isPresent());
    for (Archived each : moments.subList(Math.max(0, moments.size() - TRIALS), moments.size())) {
      try {
        CommitId last = Engram.recover(copy, each.point(), other);
        SoakFailure.require(last.lsn() == each.lsn(), trial + ": " + each + " came as " + last);
        world.verify(other, each.model(), random, trial.toString());
      } catch (EngramException e) {
        requireExplained(e, trial);
      }
      World.delete(other);
    }
    World.delete(copy);
  }

  private static boolean findsDamage(Path target, String id) {
    try {
      return !Engram.backupsIn(target).verify(id, Progress.NONE).ok();
    } catch (EngramException e) {
      return true;
    }
  }
}
