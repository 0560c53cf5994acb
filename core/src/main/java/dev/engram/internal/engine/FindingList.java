package dev.engram.internal.engine;

import dev.engram.CheckLevel;
import dev.engram.CheckReport;
import dev.engram.CheckReport.Finding;
import dev.engram.CommitId;
import dev.engram.CorruptStoreException;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.StoreKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a check finds, and how much it has looked at. Not thread-safe. */
final class FindingList {
  /** Findings that are listed; more are only counted. */
  private static final int MAX_FINDINGS = 1_000;

  /** How what is said of a view begins. */
  static final String VIEW = "view ";

  private static final String SNAPSHOTS = "snapshots";

  private final List<Finding> findings = new ArrayList<>();
  private final Map<String, Long> counted = new TreeMap<>();
  private long more;

  void add(String where, String what, String mend) {
    if (findings.size() < MAX_FINDINGS) {
      findings.add(new Finding(where, what, mend));
    } else {
      more++;
    }
  }

  /** So much of something was looked at. */
  void count(String what, long count) {
    counted.merge(what, count, Long::sum);
  }

  /** Takes a step, and notes where damage ends it. */
  void attempt(String where, String mend, Runnable step) {
    try {
      step.run();
    } catch (CorruptStoreException e) {
      add(where, String.valueOf(e.getMessage()), mend);
    }
  }

  /** Whether nothing was found in what views are made from. */
  boolean isTruthSound() {
    return findings.stream()
        .allMatch(each ->
            each.where().startsWith(StoreFiles.VIEWS + "/")
                || each.where().startsWith(VIEW)
                || each.where().startsWith(SNAPSHOTS)
                || each.where().equals(StoreKeys.FILE)
                || each.where().equals(Family.AUDIT.title()));
  }

  CheckReport report(CheckLevel level, CommitId commit) {
    counted.put("findings", findings.size() + more);
    return new CheckReport(level, findings, counted, commit);
  }
}
