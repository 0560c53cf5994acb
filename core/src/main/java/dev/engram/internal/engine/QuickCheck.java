package dev.engram.internal.engine;

import dev.engram.CorruptStoreException;
import dev.engram.Progress;
import dev.engram.Stats.ViewStats;
import dev.engram.StorageException;
import dev.engram.internal.backup.Meter;
import dev.engram.internal.backup.SnapshotFiles;
import dev.engram.internal.engine.StoredFiles.Stored;
import dev.engram.internal.format.CounterKind;
import dev.engram.internal.log.CrashPoints;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.Log;
import dev.engram.internal.log.LogSnapshot;
import dev.engram.internal.log.StoreKeys;
import dev.engram.internal.parallel.InOrder;
import dev.engram.internal.vector.SegmentDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * The parts of a check that do not depend on how much the store holds, and the one that reads files
 * as bytes.
 */
final class QuickCheck {
  /** Files at once, on fewer cores too: while one waits for the device, others are compared. */
  private static final int THREADS = 4;

  private static final String RESTORE = "restore the store from a backup";

  private static final String REWRAP =
      "run 'Encryption.rewrap' before the store is closed, or put back a copy of the file, such as"
          + " that of a backup";

  /** Counters that are never below zero, by what they count. */
  private static final Map<Integer, String> COUNTERS =
      Map.of(
          CounterKind.LIVE, "records",
          CounterKind.SHORT_TERM, "short-term synapses",
          CounterKind.LONG_TERM, "long-term synapses");

  private final OpenStore store;
  private final Log log;
  private final FindingList findings;

  QuickCheck(OpenStore store, FindingList findings) {
    this.store = store;
    this.log = store.log();
    this.findings = findings;
  }

  /** Identity, end of the log, keys, names, counters, watermarks. */
  void run() {
    String failure = log.failure();
    if (failure != null) {
      findings.add("log", "nothing is written any more: why=" + failure, "reopen the store");
    }
    findings.attempt("log", RESTORE, log::verifyHeader);
    findings.attempt(Family.CONFIG.title(), RESTORE, this::names);
    StoreKeys keys = store.keys();
    if (keys != null) {
      findings.attempt(StoreKeys.FILE, REWRAP, keys::verify);
    }
    counters();
    watermarks();
    Path directory = store.directory();
    if (directory != null) {
      vectorWatermarks(directory.resolve(StoreFiles.VIEWS).resolve(VectorKind.NAME));
      new SnapshotFiles(directory, CrashPoints.NONE)
          .unreadable()
          .forEach(what -> findings.add("snapshots", what, "delete its directory"));
    }
  }

  private void names() {
    try (LogSnapshot rows = log.snapshot()) {
      RowChecks checks = new RowChecks(rows, (_, _) -> {});
      rows.scan(
          Family.CONFIG,
          new byte[0],
          new byte[0],
          (key, value) -> {
            String problem = checks.config(key, value);
            if (!problem.isEmpty()) {
              findings.add(Family.CONFIG.title(), problem, RESTORE);
            }
            return true;
          });
    }
  }

  private void counters() {
    List<CatalogEntry> all = store.catalogState().all();
    findings.count("collections", all.size());
    for (CatalogEntry entry : all) {
      COUNTERS.forEach((counter, what) -> {
        long count = log.counter(entry.number(), counter);
        if (count < 0) {
          findings.add(
              Family.META.title(),
              "a count is below zero: collection="
                  + entry.number()
                  + ", which="
                  + counter
                  + ", "
                  + what
                  + "="
                  + count,
              RESTORE);
        }
      });
    }
  }

  private void watermarks() {
    List<ViewStats> views = store.views().stats();
    long last = log.last().lsn();
    long durable = log.durableLsn();
    findings.count("views", views.size());
    for (ViewStats view : views) {
      if (view.applied() > last || view.published() > durable) {
        findings.add(
            FindingList.VIEW + view.name(),
            "it is ahead of the log: applied="
                + view.applied()
                + ", published="
                + view.published()
                + ", last="
                + last
                + ", durable="
                + durable,
            "'engram repair' says what the log has lost");
      } else if (view.state().equals("stale")) {
        findings.add(
            FindingList.VIEW + view.name(),
            "it has failed: why=" + view.failure(),
            "it is rebuilt by itself; check again later");
      }
    }
  }

  /** An index of commits that this timeline does not have shows that the log has lost some. */
  private void vectorWatermarks(Path vectors) {
    for (String name : Directories.names(vectors)) {
      vectorWatermark(vectors.resolve(name));
    }
  }

  private void vectorWatermark(Path index) {
    try {
      String words = SegmentDirectory.words(index);
      if (VectorKind.isAhead(log, words)) {
        findings.add(
            FindingList.VIEW + VectorKind.NAME,
            "an index is ahead of the log: index=" + index.getFileName() + ", of=" + words,
            "'engram repair' says what the log has lost");
      }
    } catch (CorruptStoreException | IOException e) {
      // It is listed, and what is wrong with it said, with the other files.
    }
  }

  /** The ends of all files, or all of them. */
  void files(boolean whole, Progress progress) {
    Path directory = store.directory();
    if (directory == null) {
      findings.attempt("files", RESTORE, log::verifyFiles);
      return;
    }
    StoredFiles files = new StoredFiles(directory, log);
    List<Stored> all = files.list();
    LongAdder bytes = new LongAdder();
    Meter meter = new Meter(progress, "check", whole ? sizes(directory, all) : all.size());
    List<InOrder.Task<String>> tasks = new ArrayList<>();
    all.forEach(file -> tasks.add(() -> problem(files, file, whole, bytes, meter)));
    List<String> problems = all(tasks, meter);
    for (int i = 0; i < all.size(); i++) {
      if (!problems.get(i).isEmpty()) {
        String path = all.get(i).path();
        findings.add(path, problems.get(i), StoredFiles.mend(path));
      }
    }
    findings.count("files", all.size());
    if (whole) {
      findings.count("bytes", bytes.sum());
    }
    meter.end();
  }

  private static List<String> all(List<InOrder.Task<String>> tasks, Meter meter) {
    try {
      return InOrder.all("engram-check", THREADS, tasks, meter::tell);
    } catch (IOException e) {
      throw new StorageException("the files cannot be checked: why=" + e, e);
    }
  }

  private static String problem(
      StoredFiles files, Stored file, boolean whole, LongAdder bytes, Meter meter) {
    meter.now(file.path());
    if (!whole) {
      meter.pass(1);
      return files.problem(file, false, _ -> {});
    }
    return files.problem(
        file,
        true,
        passed -> {
          bytes.add(passed);
          meter.pass(passed);
        });
  }

  private static long sizes(Path directory, List<Stored> all) {
    return all.stream().mapToLong(f -> directory.resolve(f.path()).toFile().length()).sum();
  }
}
