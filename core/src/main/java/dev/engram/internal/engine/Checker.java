package dev.engram.internal.engine;

import dev.engram.CheckReport;
import dev.engram.CheckReport.Finding;
import dev.engram.CorruptStoreException;
import dev.engram.internal.format.CommitLayout;
import dev.engram.internal.format.CounterKind;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.NumberLayout;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.LogSnapshot;
import dev.engram.internal.view.StateReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Checks an open store: the checksums of its files, every row, what rows say of each other, and
 * each view against the rows. Reads everything once or more; stops commits only while it compares
 * views.
 */
final class Checker {
  /** Findings that are listed; more are only counted. */
  private static final int MAX_FINDINGS = 1_000;

  private static final Duration VIEW_TIMEOUT = Duration.ofMinutes(10);
  private static final String RESTORE = "restore the store from a backup";
  private static final String REBUILD = "the view is rebuilt when the store is opened without it";

  /** The counters that say how many rows there are. */
  private static final List<Integer> COUNTERS =
      List.of(CounterKind.LIVE, CounterKind.SHORT_TERM, CounterKind.LONG_TERM);

  /** A counter of a collection. */
  private record Counter(int collection, int which) {}

  private final OpenStore store;
  private final List<Finding> findings = new ArrayList<>();
  private final Map<String, Long> counted = new TreeMap<>();
  private final Map<Counter, Long> rowCounts = new HashMap<>();

  Checker(OpenStore store) {
    this.store = store;
  }

  CheckReport run() {
    attempt("files", store.log()::verifyFiles);
    try (StateReader state = StateReader.of(store.log())) {
      LogSnapshot rows = state.rows();
      RowChecks checks = new RowChecks(rows);
      check(rows, Family.CONFIG, checks::config);
      check(rows, Family.RECORDS, counting(CounterKind.LIVE, checks::record));
      check(rows, Family.IDS, checks::id);
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
      compareCounts(rows);
      if (findings.isEmpty()) {
        compareViews();
      } else {
        add("views", "not compared, as what they are made from is damaged", RESTORE);
      }
      counted.put("findings", counted.getOrDefault("findings", 0L) + findings.size());
      return new CheckReport(findings, counted, state.commit());
    }
  }

  /** Says what is wrong with a row; an empty text where nothing is. */
  @FunctionalInterface
  interface RowCheck {
    String problem(byte[] key, byte[] value);
  }

  private void check(LogSnapshot rows, Family family, RowCheck check) {
    long[] count = {0};
    attempt(
        family.title(),
        () ->
            rows.scan(
                family,
                new byte[0],
                new byte[0],
                (key, value) -> {
                  count[0]++;
                  String problem = problem(check, key, value);
                  if (!problem.isEmpty()) {
                    add(family.title(), problem + ": " + place(key), RESTORE);
                  }
                  return true;
                }));
    counted.put(family.title(), count[0]);
  }

  private static String problem(RowCheck check, byte[] key, byte[] value) {
    try {
      return check.problem(key, value);
    } catch (CorruptStoreException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** The numbers of a key; keys hold nothing of the user's. */
  private static String place(byte[] key) {
    return "key=" + java.util.HexFormat.of().formatHex(key);
  }

  private void checkLog(LogSnapshot rows) {
    long[] expected = {-1};
    long[] count = {0};
    attempt(
        Family.LOG.title(),
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
                    add(
                        "log",
                        "a commit is missing: lsn=" + expected[0] + ", found=" + lsn,
                        RESTORE);
                  }
                  expected[0] = lsn + 1;
                  count[0]++;
                  return true;
                }));
    counted.put(Family.LOG.title(), count[0]);
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
      add(
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
    attempt(
        "views",
        () ->
            store.views().verify(VIEW_TIMEOUT, (view, what) -> add("view " + view, what, REBUILD)));
  }

  private void attempt(String where, Runnable step) {
    try {
      step.run();
    } catch (CorruptStoreException e) {
      add(where, String.valueOf(e.getMessage()), RESTORE);
    }
  }

  private void add(String where, String what, String mend) {
    if (findings.size() < MAX_FINDINGS) {
      findings.add(new Finding(where, what, mend));
    } else {
      counted.merge("findings", 1L, Long::sum);
    }
  }
}
