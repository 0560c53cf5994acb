package dev.engram.soak;

import dev.engram.ArchivePoint;
import dev.engram.BackupInfo;
import dev.engram.Backups;
import dev.engram.CommitId;
import dev.engram.Engram;
import dev.engram.RecoveryPoint;
import dev.engram.SnapshotInfo;
import dev.engram.testing.PowerLossShim;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Kills a child process, or cuts its power, while its writers commit and it makes snapshots or
 * backups, ships to an archive, replaces many vectors, or publishes its views. Nothing acknowledged
 * may be lost, no transaction may be there in part, and what was copied meanwhile must be a state
 * that there was.
 */
final class KillStep {
  private static final int TRANSACTIONS = 120;

  /** The power fails within so many file operations, the child's opening included. */
  private static final int OPERATIONS = 900;

  /** What is done beside the writers, with the places that it comes to. */
  private static final Map<String, List<String>> BESIDE =
      Map.of(
          Child.SNAPSHOT,
          List.of(
              "snapshot-views-copied",
              "snapshot-log-copied",
              "snapshot-durable",
              "snapshot-manifest-written",
              "snapshot-published"),
          Child.BACKUP,
          List.of("backup-log-copied"),
          Child.ARCHIVE,
          List.of("archive-file-written", "archive-file-stored", "archive-position-noted"),
          Child.BULK,
          List.of(
              "vectors-segment-allocated",
              "vectors-segments-durable",
              "vectors-manifest-written",
              "vectors-manifest-replaced",
              "vectors-others-deleted"),
          Child.NOTHING,
          List.of());

  private final World world;
  private final RandomGenerator random;
  private final String beside;
  private final String name;

  private KillStep(World world, RandomGenerator random) {
    this.world = world;
    this.random = random;
    this.beside = BESIDE.keySet().stream().sorted().toList().get(random.nextInt(BESIDE.size()));
    this.name = world.name("k");
  }

  static void kill(World world, RandomGenerator random) throws IOException {
    KillStep step = new KillStep(world, random);
    Ending ending = Ending.draw(BESIDE.getOrDefault(step.beside, List.of()), TRANSACTIONS, random);
    step.run(ending, Map.of());
  }

  static void cutPower(World world, RandomGenerator random) throws IOException {
    Optional<PowerLossShim> shim = PowerLossShim.ifPossible();
    long at = 1L + random.nextInt(OPERATIONS);
    long lost = 1L + random.nextInt(1 << 30);
    if (shim.isEmpty()) {
      world.tally().count("power losses skipped: no Linux or no C compiler", 1);
      return;
    }
    KillStep step = new KillStep(world, random);
    world.engram();
    step.run(Ending.OF_POWER, shim.get().environment(world.store(), at, lost));
    world.tally().count("power losses", 1);
  }

  private void run(Ending ending, Map<String, String> environment) throws IOException {
    prepare();
    List<List<List<Op>>> plans = Plans.draw(world, random, TRANSACTIONS);
    Path folder = Plans.write(world.fresh("plans"), plans);
    String from = Integer.toString(random.nextInt(Bulk.SIZE));
    String version = Integer.toString(1_000 + random.nextInt(1_000_000));
    List<String> lines = start(ending, environment, folder, needs(from, version));
    BulkPlan bulk = beside.equals(Child.BULK) ? Child.bulkPlan(from, version) : BulkPlan.NONE;
    judge(Work.of(world.model(), plans, bulk, lines), lines);
    World.delete(folder);
  }

  /** Before anything is planned, since time passes and documents expire. */
  private void prepare() {
    if (beside.equals(Child.SNAPSHOT)) {
      // So that none is pushed out meanwhile.
      world.engram().snapshots().keep(1).forEach(each -> world.snapshots().remove(each.name()));
    }
    if (beside.equals(Child.ARCHIVE)) {
      ArchivePoint _ = ArchiveSteps.begin(world);
    }
    world.clock().pass(Duration.ofSeconds(1));
  }

  private List<String> start(
      Ending ending, Map<String, String> environment, Path folder, List<String> needs) {
    world.close();
    return Children.run(
        world,
        world.store(),
        ending,
        List.of(),
        environment,
        Child.WRITE,
        folder.toString(),
        beside,
        needs.getFirst(),
        needs.getLast());
  }

  private List<String> needs(String from, String version) {
    return switch (beside) {
      case Child.BULK -> List.of(from, version);
      case Child.BACKUP -> List.of(world.backupTarget().toString(), version);
      case Child.ARCHIVE -> List.of(world.archiveTarget().toString(), name);
      default -> List.of(name, version);
    };
  }

  private void judge(Work work, List<String> lines) throws IOException {
    Model found = Found.in(world.engram());
    world.holds(work.settle(found, world.millis()));
    world.tally().count("transactions of children", work.total());
    adoptSnapshots(work, named(lines, Child.SNAPSHOT));
    adoptBackups(work, named(lines, Child.BACKUP));
    if (beside.equals(Child.ARCHIVE)) {
      adoptMarks(work, named(lines, Child.ARCHIVE));
      ArchiveSteps.goOn(world);
    }
    world.verify(random, "after a kill beside " + beside);
  }

  /** The names in the lines that begin with a word. */
  private static Set<String> named(List<String> lines, String word) {
    return lines.stream()
        .filter(line -> line.startsWith(word + " "))
        .map(line -> line.substring(word.length() + 1))
        .collect(Collectors.toSet());
  }

  private void adoptSnapshots(Work work, Set<String> made) throws IOException {
    List<SnapshotInfo> listed = world.engram().snapshots().list();
    Set<String> missing = new HashSet<>(made);
    for (SnapshotInfo each : listed.reversed()) {
      missing.remove(each.name());
      if (!world.snapshots().containsKey(each.name())) {
        SoakFailure.require(each.name().startsWith(name), "nobody made the snapshot " + each);
        Path other = world.fresh("copy");
        CommitId _ = Engram.restoreSnapshot(world.store(), each.name(), other);
        world.snapshots().put(each.name(), adopted(work, other, each.name()));
      }
    }
    SoakFailure.require(missing.isEmpty(), "snapshots are gone that were made: " + missing);
    SnapshotSteps.requireListed(world);
  }

  private void adoptBackups(Work work, Set<String> made) throws IOException {
    Backups backups = world.engram().backups().to(world.backupTarget());
    Set<String> missing = new HashSet<>(made);
    for (BackupInfo each : backups.list().reversed()) {
      missing.remove(each.id());
      if (!world.backups().containsKey(each.id())) {
        BackupSteps.requireWhole(backups, each.id());
        Path other = world.fresh("copy");
        CommitId _ = Engram.restore(world.backupTarget(), each.id(), other);
        world.backups().put(each.id(), adopted(work, other, each.id()));
      }
    }
    SoakFailure.require(missing.isEmpty(), "backups are gone that were made: " + missing);
    if (beside.equals(Child.BACKUP)) {
      // Also clears away what is left of one that was cut short.
      BackupSteps.retain(world, 1 + random.nextInt(2));
    }
  }

  private void adoptMarks(Work work, Set<String> made) throws IOException {
    Set<String> missing = new HashSet<>(made);
    for (ArchivePoint each : Engram.archiveIn(world.archiveTarget()).points().reversed()) {
      if (each.name().startsWith(name + ".")) {
        missing.remove(each.name());
        RecoveryPoint point =
            RecoveryPoint.named(each.name())
                .ofStore(UUID.fromString(each.storeId()))
                .onTimeline(each.commit().timeline());
        Path other = world.fresh("copy");
        CommitId last = Engram.recover(world.archiveTarget(), point, other);
        SoakFailure.require(last.lsn() == each.commit().lsn(), each + " is recovered as " + last);
        Archived _ =
            ArchiveSteps.remember(
                world, new Archived(point, last.lsn(), adopted(work, other, each.name())));
      }
    }
    SoakFailure.require(missing.isEmpty(), "names are gone from the archive: " + missing);
  }

  /** What a copy holds that was made while the writers went on. */
  private Model adopted(Work work, Path other, String what) throws IOException {
    Model model;
    try (Engram copy = Engram.open(world.config(other).createIfMissing(false))) {
      model = work.settleCopy(Found.in(copy), world.millis());
      SoakFailure.requireNone(
          Answers.differencesAndFindings(copy, model, world.millis(), random), what);
    }
    World.delete(other);
    return model;
  }
}
