package dev.engram.bench;

import dev.engram.BackupInfo;
import dev.engram.Backups;
import dev.engram.CheckLevel;
import dev.engram.CheckReport;
import dev.engram.CollectionConfig;
import dev.engram.CommitId;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.Export;
import dev.engram.Metadata;
import dev.engram.Progress;
import dev.engram.RecordId;
import dev.engram.Search;
import dev.engram.SearchHit;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import dev.engram.bench.TransferRun.Act;
import dev.engram.testing.FileTree;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * What keeps a store: export and import through a small heap, backups, snapshots, opening after a
 * kill, checking, and what encryption costs. Every figure is checked in its run: what was imported,
 * restored or opened is counted, and its digest is that of the store.
 */
final class DurabilityBench {
  static final String COLLECTION = "records";

  private static final double MIB = 1 << 20;

  /** Where a store of more would say nothing else. */
  private static final int MOST = 100_000;

  /** One record in so many is changed before an incremental backup. */
  private static final int CHANGED = 100;

  private static final Map<String, String> FORMS =
      Map.of("jsonl", "JSON Lines", "msgpack", "MessagePack", "sqlite", "SQLite");

  private final int count;
  private final int dimension;
  private final int rounds;
  private final Report report = new Report();

  /** Digest of what the store says. */
  private String sha256 = "";

  DurabilityBench(int count, int dimension, int rounds) {
    this.count = count;
    this.dimension = dimension;
    this.rounds = rounds;
  }

  Report run() throws IOException, InterruptedException {
    try (TemporaryFolder folder = TemporaryFolder.make("durability")) {
      Path store = folder.path().resolve("store");
      say("making the store");
      fill(store, count, dimension);
      sha256 = digest(store);
      for (String form : FORMS.keySet().stream().sorted().toList()) {
        transfer(folder.path(), store, form);
      }
      backup(folder.path(), store);
      snapshots(store);
      incremental(folder.path(), store);
      check(store);
      killed(store);
      new OriginalEstimates(report, folder.path(), dimension, rounds).run(Math.min(count, MOST));
      say("the cost of encryption");
      new EncryptionCost(report, folder.path(), dimension, rounds).run(Math.min(count, MOST));
    }
    return report;
  }

  static VectorRecord record(int number, float[] vector) {
    return VectorRecord.of(RecordId.of(number), vector)
        .withMetadata(Metadata.of("group", number % 100));
  }

  /** Makes a store of records; returns when its views have them all. */
  static void fill(Path store, int count, int dimension) {
    Supplier<float[]> vectors = GeneratedVectors.endless(dimension, 1);
    Iterator<VectorRecord> records =
        IntStream.range(0, count).mapToObj(i -> record(i, vectors.get())).iterator();
    try (Engram engram = Engram.open(store)) {
      VectorCollection collection =
          engram.collection(COLLECTION, CollectionConfig.ofDimension(dimension));
      collection.upsertAll(records, Progress.NONE);
      Measured.require(
          engram.awaitViews(engram.lastCommit(), Duration.ofMinutes(10)), "the views lag");
      Measured.require(collection.count() == count, "records are missing");
    }
  }

  /** SHA-256 of everything that a store says. */
  static String digest(Path store) {
    try (Engram engram = Engram.open(existing(store))) {
      return digest(engram);
    }
  }

  static String digest(Engram engram) {
    Export export = Export.everything().format("msgpack");
    return engram
        .transfer()
        .write(export, OutputStream.nullOutputStream(), Progress.NONE)
        .sha256()
        .orElseThrow();
  }

  static EngramConfig existing(Path store) {
    return EngramConfig.at(store).createIfMissing(false);
  }

  private void transfer(Path folder, Path store, String form)
      throws IOException, InterruptedException {
    say("export and import, " + form);
    Path file = folder.resolve("export." + form);
    Path other = folder.resolve("imported");
    TransferRun.Outcome out = TransferRun.inOwnProcess(Act.EXPORT, store, file, form);
    TransferRun.Outcome in = TransferRun.inOwnProcess(Act.IMPORT, other, file, form);
    Measured.require(out.records() == count && in.records() == count, "records are missing");
    Measured.require(
        out.sha256().equals(sha256) && in.sha256().equals(sha256) && digest(other).equals(sha256),
        "what was imported from " + form + " is not what was exported");
    String name = FORMS.getOrDefault(form, form);
    Map<String, Object> params = Map.of("records", count, "bytes", Files.size(file));
    report.add("engram", "export " + name, "records/s", out.perSecond(), params);
    report.add("engram", "import " + name, "records/s", in.perSecond(), params);
    // Beyond it the process would have failed.
    String heap = name + " with -Xmx256m, live heap at most, MiB";
    report.atMost(heap, TransferRun.HEAP_MIB, 128, Math.max(out.liveMiB(), in.liveMiB()));
    FileTree.delete(other);
    if (form.equals("msgpack")) {
      codec(store, file, out);
    }
    Files.delete(file);
  }

  /** MessagePack beside its library alone, each in a process of its own. */
  private void codec(Path store, Path file, TransferRun.Outcome exported)
      throws IOException, InterruptedException {
    Path packed = file.resolveSibling("packed");
    List<Double> writing = new ArrayList<>();
    List<Double> reading = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      Path again = file.resolveSibling("again");
      TransferRun.Outcome out =
          round == 0 ? exported : TransferRun.inOwnProcess(Act.EXPORT, store, again, "msgpack");
      TransferRun.Outcome read = TransferRun.inOwnProcess(Act.VERIFY, store, file, "msgpack");
      PackedAlone.Outcome alone = PackedAlone.inOwnProcess(file, packed, count);
      Measured.require(read.sha256().equals(sha256), "the export is damaged");
      writing.add(out.perSecond() / alone.written());
      reading.add(read.perSecond() / alone.read());
      report.add("msgpack-core", "packing the same", "records/s", alone.written(), Map.of());
      report.add("msgpack-core", "unpacking the same", "records/s", alone.read(), Map.of());
      Files.deleteIfExists(again);
      Files.delete(packed);
    }
    report.atLeast("export MessagePack / its library", .7, .9, Measured.median(writing));
    report.atLeast("reading MessagePack / its library", .7, .9, Measured.median(reading));
  }

  private void backup(Path folder, Path store) throws IOException, InterruptedException {
    say("full backups");
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      Path copy = folder.resolve("copy");
      long bytes = DiskFiles.below(store.resolve("log")).bytes();
      DiskFiles.sync();
      theirs.add(bytes / DiskFiles.copy(store.resolve("log"), copy) / MIB);
      FileTree.delete(copy);
      DiskFiles.sync();
      Path target = folder.resolve("backups");
      try (Engram engram = Engram.open(existing(store))) {
        long began = System.nanoTime();
        BackupInfo made = engram.backups().to(target).create();
        ours.add(made.bytes() / Measured.seconds(began) / MIB);
      }
      if (round == 0) {
        restore(target, folder.resolve("restored"));
      }
      FileTree.delete(target);
    }
    report.add("engram", "full backup, read back", "MiB/s", Measured.median(ours), Map.of());
    report.add("cp -r; sync", "the same files", "MiB/s", Measured.median(theirs), Map.of());
    double share = Measured.median(ours) / Measured.median(theirs);
    report.atLeast("full backup with the read-back / cp -r and sync", .7, .9, share);
  }

  private void restore(Path target, Path other) throws IOException {
    long began = System.nanoTime();
    CommitId _ = Engram.restore(target, Backups.LATEST, other);
    report.add("engram", "restoring a full backup", "s", Measured.seconds(began), Map.of());
    requireSame(other);
    FileTree.delete(other);
  }

  /** Another store says the same, and its own check finds nothing. */
  private void requireSame(Path other) {
    try (Engram engram = Engram.open(existing(other))) {
      Measured.require(digest(engram).equals(sha256), "another store says something else");
      CheckReport found = engram.check();
      Measured.require(found.ok(), found.toString());
    }
  }

  private void snapshots(Path store) throws IOException {
    say("snapshots");
    List<Double> millis = new ArrayList<>();
    try (Engram engram = Engram.open(existing(store))) {
      for (int round = 0; round < 2 * rounds + 1; round++) {
        long began = System.nanoTime();
        engram.snapshots().create("s" + round);
        millis.add(Measured.seconds(began) * 1e3);
      }
      engram.snapshots().keep(1);
    }
    report.atMost("snapshot, ms", 200, 50, Measured.median(millis));
    Path other = store.resolveSibling("restored");
    CommitId _ = Engram.restoreSnapshot(store, "s" + 2 * rounds, other);
    requireSame(other);
    FileTree.delete(other);
    try (Engram engram = Engram.open(existing(store))) {
      engram.snapshots().keep(0);
    }
  }

  private void incremental(Path folder, Path store) throws IOException {
    String name = "incremental backup after a change of 1 % / the full one, bytes";
    say("incremental backups");
    Path target = folder.resolve("backups");
    try (Engram engram = Engram.open(existing(store))) {
      Incremental measured = Incremental.measure(engram, target, count, dimension);
      report.add("engram", "incremental backup after 1 %", "s", measured.seconds(), Map.of());
      report.atMost(name, .03, .015, measured.share());
    }
    sha256 = digest(store);
    Path other = folder.resolve("restored");
    CommitId _ = Engram.restore(target, Backups.LATEST, other);
    requireSame(other);
    FileTree.delete(other);
    FileTree.delete(target);
  }

  /** Replaces one record in a hundred, all over the store. */
  static void change(VectorCollection collection, int count, int dimension) {
    List<VectorRecord> changed = new ArrayList<>();
    for (int i = 0; i < count; i += CHANGED) {
      changed.add(record(i, KilledWriter.vector(i + 1, dimension)));
    }
    for (int from = 0; from < changed.size(); from += 1_000) {
      collection.upsert(changed.subList(from, Math.min(changed.size(), from + 1_000)));
    }
  }

  private void check(Path store) throws IOException, InterruptedException {
    say("checking");
    report.atMost("check quick, s", 1, .3, quickCheck(store));
    List<Double> shares = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      DiskFiles.sync();
      DiskFiles files = DiskFiles.below(store);
      boolean cold = files.forget();
      double disk = files.bytes() / files.read() / MIB;
      report.add("read", "the same files", "MiB/s", disk, Map.of("cold", cold));
      shares.add(checked(store, files, CheckLevel.FULL) / disk);
      double _ = checked(store, files, CheckLevel.DEEP);
    }
    report.atLeast(
        "full check / reading the same files from the disk", .7, .9, Measured.median(shares));
  }

  /** MiB a second of a check after opening, its files not in memory before. */
  private double checked(Path store, DiskFiles files, CheckLevel level)
      throws IOException, InterruptedException {
    boolean cold = files.forget();
    try (Engram engram = Engram.open(existing(store))) {
      long began = System.nanoTime();
      CheckReport found = engram.check(level, Progress.NONE);
      double speed = files.bytes() / Measured.seconds(began) / MIB;
      Measured.require(found.ok() && found.level() == level, found.toString());
      String what =
          level == CheckLevel.FULL
              ? "full check: every byte of every file"
              : "deep check: every row, views compared";
      report.add("engram", what, "MiB/s", speed, Map.of("cold", cold));
      return speed;
    }
  }

  /** Seconds of a quick check after opening, its files not in memory before, as of the others. */
  private double quickCheck(Path store) throws IOException, InterruptedException {
    List<Double> seconds = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      DiskFiles.sync();
      boolean cold = DiskFiles.below(store).forget();
      try (Engram engram = Engram.open(existing(store))) {
        long began = System.nanoTime();
        CheckReport found = engram.check(CheckLevel.QUICK, Progress.NONE);
        seconds.add(Measured.seconds(began));
        Measured.require(found.ok() && found.level() == CheckLevel.QUICK, found.toString());
        long looked = found.counted().values().stream().mapToLong(each -> each).sum();
        Measured.require(looked > 0, "nothing was looked at: " + found);
        Map<String, Object> params = Map.of("cold", cold);
        report.add("engram", "quick check", "s", seconds.getLast(), params);
      }
    }
    return Measured.median(seconds);
  }

  private void killed(Path store) {
    say("opening after a kill");
    List<Double> seconds = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      int last = KilledWriter.kill(store, count, dimension);
      float[] wanted = KilledWriter.vector(last, dimension);
      long began = System.nanoTime();
      try (Engram engram = Engram.open(existing(store))) {
        VectorCollection collection = engram.collection(COLLECTION);
        List<SearchHit> hits = collection.search(Search.nearest(wanted).limit(1));
        seconds.add(Measured.seconds(began));
        Measured.require(
            !hits.isEmpty() && collection.count() == count, "acknowledged records are gone");
        Metadata found = collection.get(RecordId.of(last)).orElseThrow().metadata();
        Measured.require(found.getLong("group").orElse(-1L) == last % 100, "a record is another");
        float[] vector = collection.get(RecordId.of(last)).orElseThrow().vector().orElseThrow();
        Measured.require(Arrays.equals(vector, wanted), "an acknowledged vector is gone");
      }
    }
    report.atMost("opening after a kill to the first answer, s", 2, .3, Measured.median(seconds));
  }

  private static void say(String what) {
    System.err.println("durability: " + what);
  }
}
