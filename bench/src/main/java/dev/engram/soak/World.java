package dev.engram.soak;

import dev.engram.Archiving;
import dev.engram.CollectionConfig;
import dev.engram.Durability;
import dev.engram.Dynamics;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.Metric;
import dev.engram.VectorRecord;
import dev.engram.testing.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The store that is soaked, with the oracle beside it: what it holds now, what its snapshots and
 * backups hold, and what its archive leads to. Not thread-safe.
 */
final class World implements AutoCloseable {
  static final int SNAPSHOT_LIMIT = 4;

  /** So many items a job works on in a commit: few, so that it takes several. */
  private static final int JOB_BATCH = 4;

  private static final int BULK_BATCH = 1_000;
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  private final Path folder;
  private final Durability durability;
  private final SoakClock clock = new SoakClock(SoakClock.BEGINNING);
  private final Tally tally = new Tally();
  private final SequencedMap<String, Model> snapshots = new LinkedHashMap<>();
  private final SequencedMap<String, Model> backups = new LinkedHashMap<>();
  private final List<Archived> archived = new ArrayList<>();
  private Model model = Model.empty();
  private @Nullable Engram engram;
  private int names;

  World(Path folder, Durability durability) {
    this.folder = folder;
    this.durability = durability;
  }

  /** Makes the store and fills it. */
  void begin(RandomGenerator random) {
    Engram store = engram();
    store.collection(Op.DOCS, CollectionConfig.ofDimension(Doc.DIMENSION).metric(Metric.EUCLIDEAN));
    store.collection(
        Bulk.NAME, CollectionConfig.ofDimension(Bulk.DIMENSION).metric(Metric.EUCLIDEAN));
    store
        .space(Op.MIND)
        .dynamics(
            Dynamics.standard()
                .consolidationInterval(FOR_EVER)
                .shortTermLimit(1_000_000)
                .batch(JOB_BATCH));
    for (int from = 0; from < Bulk.SIZE; from += BULK_BATCH) {
      writeBulk(from, BULK_BATCH, 1);
    }
    for (int part = 0; part < Model.PARTS; part++) {
      write(new Planner(model.parts().get(part), part, millis(), random).plan(20), part);
    }
  }

  Path folder() {
    return folder;
  }

  Path store() {
    return folder.resolve("store");
  }

  Path backupTarget() {
    return folder.resolve("backups");
  }

  Path archiveTarget() {
    return folder.resolve("archive");
  }

  /** A place in the folder where nothing is. */
  Path fresh(String name) {
    return folder.resolve(name + "-" + names++);
  }

  /** A name that no other has. */
  String name(String kind) {
    return kind + names++;
  }

  Durability durability() {
    return durability;
  }

  SoakClock clock() {
    return clock;
  }

  long millis() {
    return clock.millis();
  }

  Tally tally() {
    return tally;
  }

  Model model() {
    return model;
  }

  /** The store holds something else from now on. */
  void holds(Model now) {
    model = now;
  }

  /** By name, the oldest first. */
  SequencedMap<String, Model> snapshots() {
    return snapshots;
  }

  /** By id, the oldest first. */
  SequencedMap<String, Model> backups() {
    return backups;
  }

  /** Points to which the archive leads, the oldest first. */
  List<Archived> archived() {
    return archived;
  }

  /** What a snapshot holds that is there. */
  Model snapshot(String name) {
    return Objects.requireNonNull(snapshots.get(name));
  }

  /** What a backup holds that is there. */
  Model backup(String id) {
    return Objects.requireNonNull(backups.get(id));
  }

  EngramConfig config(Path where) {
    return EngramConfig.at(where).clock(clock).durability(durability).snapshotLimit(SNAPSHOT_LIMIT);
  }

  /** The store, opened unless it is. */
  Engram engram() {
    Engram open = engram;
    if (open == null) {
      open = Engram.open(config(store()));
      engram = open;
    }
    return open;
  }

  /** Opens the store anew, archived in the background until it is closed. */
  void open(Archiving archiving) {
    close();
    engram = Engram.open(config(store()).archive(archiving));
  }

  /** Closes the store, for those who use its directory. */
  @Override
  public void close() {
    if (engram != null) {
      Engram open = engram;
      engram = null;
      open.close();
    }
  }

  /** Writes transactions of one part, one after the other. */
  void write(List<List<Op>> plan, int part) {
    for (List<Op> transaction : plan) {
      engram().write(tx -> transaction.forEach(op -> op.apply(tx)));
      model.parts().get(part).apply(transaction);
      tally.count("transactions", 1);
    }
  }

  /** Writes some vectors of the large collection, in one commit. */
  void writeBulk(int from, int count, int version) {
    List<VectorRecord> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      records.add(Bulk.record((from + i) % Bulk.SIZE, version));
    }
    engram().collection(Bulk.NAME).upsert(records);
    for (int i = 0; i < count; i++) {
      model.bulk()[(from + i) % Bulk.SIZE] = version;
    }
  }

  /** The open store is as the oracle says, and its own check finds nothing. */
  void verify(RandomGenerator random, String where) {
    SoakFailure.requireNone(
        Answers.differencesAndFindings(engram(), model, millis(), random), where);
  }

  /** Another store is as it should be. */
  void verify(Path where, Model wanted, RandomGenerator random, String what) {
    try (Engram other = Engram.open(config(where).createIfMissing(false))) {
      SoakFailure.requireNone(
          Answers.differencesAndFindings(other, wanted, millis(), random), what);
    }
  }

  /** Deletes what a step has made beside the store. */
  static void delete(Path path) throws IOException {
    if (Files.isRegularFile(path)) {
      Files.delete(path);
    } else {
      FileTree.delete(path);
    }
  }
}
