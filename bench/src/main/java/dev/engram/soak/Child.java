package dev.engram.soak;

import dev.engram.ArchivePoint;
import dev.engram.Archiving;
import dev.engram.BackupInfo;
import dev.engram.CommitId;
import dev.engram.CommitOptions;
import dev.engram.Durability;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.EngramException;
import dev.engram.Forgetting;
import dev.engram.Progress;
import dev.engram.RecordId;
import dev.engram.RecoveryPoint;
import dev.engram.SnapshotInfo;
import dev.engram.internal.engine.EngineFactory;
import dev.engram.internal.log.CrashPoints;
import dev.engram.spi.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The program that is killed: does what its arguments say with the store, and prints a line for
 * each thing that the store has acknowledged.
 *
 * <p>Arguments: store, time in milliseconds, promise, a named place and how often it is reached
 * before the process ends there, what is to be done, and what that needs.
 */
final class Child {
  /** What is to be done. */
  static final String WRITE = "write";

  static final String FILL = "fill";
  static final String RESTORE = "restore";
  static final String RECOVER = "recover";
  static final String FORGET = "forget";
  static final String UNDO = "undo";

  /** The first words of lines. */
  static final String PART = "part";

  static final String BULK = "bulk";
  static final String SNAPSHOT = "snapshot";
  static final String BACKUP = "backup";
  static final String FAILED = "failed";
  static final String READ = "read";
  static final String ARCHIVE = "archive";

  static final String NOTHING = "-";

  /** Left with where the named place is reached: no signal and no error of Java is like it. */
  static final int REACHED = 77;

  private static final int FAILURE = 1;

  /** Things that are made beside the writers, such as snapshots. */
  private static final int MADE = 2;

  private static final int ATTEMPTS = 3;

  private final EngramConfig config;
  private final CrashPoints points;
  private final List<String> needs;

  private Child(EngramConfig config, CrashPoints points, List<String> needs) {
    this.config = config;
    this.points = points;
    this.needs = needs;
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    // Whichever thread fails, the process fails, at once.
    Thread.setDefaultUncaughtExceptionHandler(Child::fail);
    List<String> words = List.of(arguments);
    Path store = Path.of(words.get(0));
    EngramConfig config =
        EngramConfig.at(store)
            .clock(new SoakClock(Long.parseLong(words.get(1))))
            .durability(promise(words.get(2)))
            .snapshotLimit(World.SNAPSHOT_LIMIT);
    CrashPoints points = ending(words.get(3), Integer.parseInt(words.get(4)));
    Child child = new Child(config, points, words.subList(6, words.size()));
    switch (words.get(5)) {
      case WRITE -> child.write();
      case FILL -> child.fill();
      case RESTORE ->
          say(RESTORE + " " + EngineFactory.restoreSnapshot(store, child.needs.getFirst(), points));
      case RECOVER -> child.recover(store);
      case FORGET -> child.forget();
      case UNDO -> child.undo();
      default -> throw new IllegalArgumentException("nothing to do: " + words);
    }
    // Without closing: what comes later has to live with what is there.
    Runtime.getRuntime().halt(0);
  }

  /** The word for a promise. */
  static String word(Durability promise) {
    return switch (promise) {
      case Durability.Synced _ -> "durable";
      case Durability.Buffered _ -> "process";
      case Durability.Periodic _ -> "periodic";
    };
  }

  private static Durability promise(String word) {
    return switch (word) {
      case "durable" -> Durability.DURABLE;
      case "process" -> Durability.PROCESS;
      default -> Durability.periodic(Duration.ofHours(1));
    };
  }

  private static CrashPoints ending(String point, int times) {
    AtomicInteger left = new AtomicInteger(times);
    return reached -> {
      if (reached.equals(point) && left.decrementAndGet() <= 0) {
        Runtime.getRuntime().halt(REACHED);
      }
    };
  }

  private static void fail(Thread thread, Throwable failure) {
    synchronized (System.err) {
      System.err.println("failed: thread=" + thread.getName());
      failure.printStackTrace();
    }
    Runtime.getRuntime().halt(FAILURE);
  }

  private static void say(String line) {
    synchronized (System.out) {
      System.out.println(line);
      System.out.flush();
    }
  }

  /** Needs: the folder of the plans, what is done beside, and for that two numbers. */
  private void write() throws IOException, InterruptedException {
    Engram engram = EngineFactory.open(needs.get(1).equals(ARCHIVE) ? archiving() : config, points);
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < Model.PARTS; i++) {
      int part = i;
      List<List<Op>> plan = Plans.read(Path.of(needs.get(0)), part);
      writers.add(Thread.ofPlatform().start(() -> write(engram, plan, part)));
    }
    beside(engram);
    for (Thread writer : writers) {
      writer.join();
    }
  }

  private static void write(Engram engram, List<List<Op>> plan, int part) {
    for (int n = 0; n < plan.size(); n++) {
      List<Op> transaction = plan.get(n);
      engram.write(tx -> transaction.forEach(op -> op.apply(tx)));
      say(PART + " " + part + " " + n);
    }
  }

  private void beside(Engram engram) throws InterruptedException {
    switch (needs.get(1)) {
      case SNAPSHOT -> snapshots(engram);
      case BACKUP -> backups(engram);
      case BULK -> vectors(engram);
      case ARCHIVE -> marks(engram);
      default -> engram.checkpoint();
    }
  }

  private void snapshots(Engram engram) throws InterruptedException {
    for (int i = 0; i < MADE; i++) {
      Thread.sleep(50);
      SnapshotInfo made = engram.snapshots().create(needs.get(2) + "." + i);
      say(SNAPSHOT + " " + made.name());
    }
  }

  private void backups(Engram engram) throws InterruptedException {
    for (int i = 0; i < MADE; i++) {
      Thread.sleep(50);
      BackupInfo made = engram.backups().to(Path.of(needs.get(2))).create();
      say(BACKUP + " " + made.id());
    }
  }

  /** Ships in the background too. */
  private EngramConfig archiving() {
    return config.archive(Archiving.to(Path.of(needs.get(2))).atBytes(Archiving.MIN_BYTES));
  }

  private void marks(Engram engram) throws InterruptedException {
    for (int i = 0; i < MADE; i++) {
      Thread.sleep(50);
      ArchivePoint made = engram.archive().to(Path.of(needs.get(2))).mark(needs.get(3) + "." + i);
      say(ARCHIVE + " " + made.name());
    }
  }

  private void vectors(Engram engram) {
    BulkPlan plan = bulkPlan(needs.get(2), needs.get(3));
    for (int commit = 0; commit < plan.commits(); commit++) {
      plan.write(engram.collection(Bulk.NAME), commit);
      say(BULK + " " + commit);
      engram.checkpoint();
    }
  }

  static BulkPlan bulkPlan(String from, String version) {
    return new BulkPlan(Integer.parseInt(from), Integer.parseInt(version), 6);
  }

  /**
   * Writes to a disk that gets full: from then on there are typed errors, and what was acknowledged
   * is still read. Needs: the folder of the plans, a file that is made to fill the disk, and after
   * how many transactions.
   */
  private void fill() throws IOException {
    Engram engram;
    try {
      engram = EngineFactory.open(config, points);
    } catch (EngramException e) {
      say(FAILED + " " + e.code());
      return;
    }
    List<List<Op>> plan = Plans.read(Path.of(needs.get(0)), 0);
    int full = Integer.parseInt(needs.get(2));
    for (int n = 0; n < plan.size(); n++) {
      if (n == full && !needs.get(1).equals(NOTHING)) {
        Files.createFile(Path.of(needs.get(1)));
      }
      if (!attempt(engram, plan.get(n), n)) {
        break;
      }
    }
    say(READ + " " + Found.in(engram).told(config.clock().millis()));
    try {
      engram.close();
    } catch (EngramException e) {
      say(FAILED + " " + e.code());
    }
  }

  /** Tries several times, under one idempotency key, as a program would. */
  private boolean attempt(Engram engram, List<Op> transaction, int n) {
    CommitOptions options = CommitOptions.NONE.idempotencyKey(needs.get(0) + " " + n);
    for (int i = 0; i < ATTEMPTS; i++) {
      try {
        CommitId _ = engram.write(options, tx -> transaction.forEach(op -> op.apply(tx)));
        say(PART + " 0 " + n);
        return true;
      } catch (EngramException e) {
        say(FAILED + " " + e.code());
      }
    }
    return false;
  }

  /** Needs: where the archive is, and the words of a point. */
  private void recover(Path store) {
    ObjectStore target = EngineFactory.directory(Path.of(needs.getFirst()));
    RecoveryPoint point = Archived.of(needs.subList(1, needs.size()));
    CommitId last =
        EngineFactory.recover(target, point, EngramConfig.at(store), Progress.NONE, points);
    say(RECOVER + " " + last);
  }

  /** Needs: the lot. */
  private void forget() {
    Engram engram = EngineFactory.open(config, points);
    Forgetting done =
        engram.space(Op.MIND).forget(ForgetStep.policy(Long.parseLong(needs.getFirst())));
    say(FORGET + " " + done.operation());
  }

  /** Needs: the operation. */
  private void undo() {
    Engram engram = EngineFactory.open(config, points);
    long back = engram.space(Op.MIND).undo(RecordId.parse(needs.getFirst()));
    say(UNDO + " " + back);
  }
}
