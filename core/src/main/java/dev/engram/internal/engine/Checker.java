package dev.engram.internal.engine;

import dev.engram.AuditCheck;
import dev.engram.AuditHead;
import dev.engram.CheckLevel;
import dev.engram.CheckReport;
import dev.engram.CommitId;
import dev.engram.CorruptStoreException;
import dev.engram.NotFoundException;
import dev.engram.Progress;
import dev.engram.internal.format.CommitLayout;
import dev.engram.internal.format.CounterKind;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.NumberLayout;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.LogSnapshot;
import dev.engram.internal.vector.PartitionedVectorIndex;
import dev.engram.internal.view.StateReader;
import dev.engram.spi.StateSnapshot.CollectionRow;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Checks an open store. The deepest check reads everything once or more: the checksums of its
 * files, every row, what rows say of each other, and each view against the rows. It stops commits
 * only while it compares views.
 */
final class Checker {
  private static final Duration VIEW_TIMEOUT = Duration.ofMinutes(10);
  private static final String RESTORE = "restore the store from a backup";
  private static final String REBUILD = "'engram repair' drops the view, and it is rebuilt";

  /** The counters that say how many rows there are. */
  private static final List<Integer> COUNTERS =
      List.of(CounterKind.LIVE, CounterKind.SHORT_TERM, CounterKind.LONG_TERM);

  /** A counter of a collection. */
  private record Counter(int collection, int which) {}

  private final OpenStore store;
  private final CheckLevel level;
  private final Progress progress;
  private final FindingList findings = new FindingList();
  private final Map<Counter, Long> rowCounts = new HashMap<>();

  Checker(OpenStore store, CheckLevel level, Progress progress) {
    this.store = store;
    this.level = level;
    this.progress = progress;
  }

  CheckReport run() {
    store.requireOpen();
    QuickCheck quick = new QuickCheck(store, findings);
    quick.run();
    quick.files(level != CheckLevel.QUICK, progress);
    CommitId commit = level == CheckLevel.DEEP ? rows() : store.lastCommit();
    return findings.report(level, commit);
  }

  /** The state that was checked. */
  private CommitId rows() {
    try (StateReader state = StateReader.of(store.log())) {
      LogSnapshot rows = state.rows();
      RowChecks checks = new RowChecks(rows, (problem, key) -> add(Family.RECORDS, problem, key));
      check(rows, Family.CONFIG, checks::config);
      check(rows, Family.RECORDS, counting(CounterKind.LIVE, checks::record));
      checks.flush();
      check(rows, Family.IDS, checks::id);
      if (!checks.areIdsEven()) {
        checkAgain(rows, Family.RECORDS, checks::hasId);
        checkAgain(rows, Family.IDS, checks::leadsToItsRecord);
      }
      check(rows, Family.CONTENT, checks::content);
      check(rows, Family.CONCEPTS, checks::concept);
      check(rows, Family.SHORT_TERM, counting(CounterKind.SHORT_TERM, checks::shortTerm));
      check(rows, Family.LONG_TERM, counting(CounterKind.LONG_TERM, checks::longTerm));
      check(rows, Family.REVERSE, checks::reverse);
      check(rows, Family.WORKING, checks::working);
      check(rows, Family.FORGOTTEN, checks::forgotten);
      check(rows, Family.OPERATIONS, checks::operation);
      check(rows, Family.HISTORY, checks::history);
      check(rows, Family.EXPIRY, checks::expiry);
      check(rows, Family.PENDING, checks::pending);
      check(rows, Family.IDEMPOTENCY, checks::idempotency);
      checkLog(rows);
      checkAudit(rows);
      compareCounts(rows);
      if (findings.isTruthSound()) {
        compareViews();
      } else {
        findings.add("views", "not compared, as what they are made from is damaged", RESTORE);
      }
      return state.commit();
    }
  }

  /** Says what is wrong with a row; an empty text where nothing is. */
  @FunctionalInterface
  interface RowCheck {
    String problem(byte[] key, byte[] value);
  }

  private void check(LogSnapshot rows, Family family, RowCheck check) {
    long[] count = {0};
    findings.attempt(
        family.title(),
        RESTORE,
        () ->
            visit(
                rows,
                family,
                (key, value) -> {
                  count[0]++;
                  return problem(check, key, value);
                }));
    findings.count(family.title(), count[0]);
  }

  /** Checks rows again, of which those that are damaged were named before. */
  private void checkAgain(LogSnapshot rows, Family family, RowCheck check) {
    try {
      visit(
          rows,
          family,
          (key, value) -> {
            try {
              return check.problem(key, value);
            } catch (CorruptStoreException e) {
              return "";
            }
          });
    } catch (CorruptStoreException e) {
      // As the rows behind it, that was said.
    }
  }

  private void visit(LogSnapshot rows, Family family, RowCheck check) {
    Handle.checkInterrupt("check", 0);
    rows.scan(
        family,
        new byte[0],
        new byte[0],
        (key, value) -> {
          String problem = check.problem(key, value);
          if (!problem.isEmpty()) {
            add(family, problem, key);
          }
          return true;
        });
  }

  /** The numbers of a key; keys hold nothing of the user's. */
  private void add(Family family, String problem, byte[] key) {
    findings.add(family.title(), problem + ": key=" + HexFormat.of().formatHex(key), RESTORE);
  }

  private static String problem(RowCheck check, byte[] key, byte[] value) {
    try {
      return check.problem(key, value);
    } catch (CorruptStoreException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private void checkLog(LogSnapshot rows) {
    long[] expected = {-1};
    long[] count = {0};
    findings.attempt(
        Family.LOG.title(),
        RESTORE,
        () ->
            rows.scan(
                Family.LOG,
                new byte[0],
                new byte[0],
                (key, value) -> {
                  long lsn = Keys.longAt(key, 0);
                  CommitLayout.Read commit = CommitLayout.decode(key, value);
                  if (commit.header().id().lsn() != lsn
                      || (expected[0] >= 0 && lsn != expected[0])) {
                    findings.add(
                        "log",
                        "a commit is missing: lsn=" + expected[0] + ", found=" + lsn,
                        RESTORE);
                  }
                  expected[0] = lsn + 1;
                  count[0]++;
                  return true;
                }));
    findings.count(Family.LOG.title(), count[0]);
  }

  private void checkAudit(LogSnapshot rows) {
    AuditCheck audit = new AuditWalk(rows, AuditHead.NONE).run();
    audit
        .findings()
        .forEach(what ->
            findings.add(Family.AUDIT.title(), what, "find out who changed it; keep a backup"));
    findings.count(Family.AUDIT.title(), audit.entries());
  }

  /** Counts the rows that it checks, by collection. */
  private RowCheck counting(int counter, RowCheck check) {
    return (key, value) -> {
      rowCounts.merge(new Counter(Keys.intAt(key, 0), counter), 1L, Long::sum);
      return check.problem(key, value);
    };
  }

  private void compareCounts(LogSnapshot rows) {
    for (CatalogEntry entry : store.catalogState().all()) {
      for (int counter : COUNTERS) {
        compareCount(rows, new Counter(entry.number(), counter));
      }
    }
  }

  private void compareCount(LogSnapshot rows, Counter counter) {
    byte[] key = Keys.counter(counter.collection, counter.which);
    byte[] value = rows.get(Family.META, key);
    long stored = value == null ? 0 : NumberLayout.decode(key, value, 1)[0];
    long found = rowCounts.getOrDefault(counter, 0L);
    if (stored != found) {
      findings.add(
          "meta",
          "the count is wrong: collection="
              + counter.collection
              + ", which="
              + counter.which
              + ", counter="
              + stored
              + ", rows="
              + found,
          RESTORE);
    }
  }

  private void compareViews() {
    findings.attempt(
        "views",
        REBUILD,
        () -> {
          store.views().verify(VIEW_TIMEOUT, this::differs);
          store.catalogState().all().stream().map(CatalogEntry::row).forEach(this::compareIndex);
        });
  }

  private void differs(String view, String what) {
    findings.add(FindingList.VIEW + view, what, REBUILD);
  }

  /** An index that lies in files is loaded and compared, though nobody has asked for it yet. */
  private void compareIndex(CollectionRow collection) {
    if (!store.vectorKind().hasFiles(collection) || store.vectors().holds(collection)) {
      return;
    }
    try {
      PartitionedVectorIndex _ = store.vectors().get(collection);
    } catch (NotFoundException e) {
      // Dropped meanwhile.
      return;
    }
    store
        .views()
        .standing(
            VectorKind.NAME,
            VIEW_TIMEOUT,
            state ->
                store.vectors().verify(collection, state, what -> differs(VectorKind.NAME, what)));
  }
}
