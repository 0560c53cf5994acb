package dev.engram;

import java.util.List;
import java.util.Map;

/**
 * What a check found.
 *
 * @param level how much it looked at
 * @param findings everything that is wrong; empty in a healthy store
 * @param counted how much was looked at, by name
 * @param lastCommit the state that was checked
 */
public record CheckReport(
    CheckLevel level, List<Finding> findings, Map<String, Long> counted, CommitId lastCommit) {
  /**
   * One thing that is wrong.
   *
   * @param where the family of rows, the file or the view
   * @param what what is wrong, without user content
   * @param mend what mends it
   */
  public record Finding(String where, String what, String mend) {}

  public CheckReport {
    findings = List.copyOf(findings);
    counted = Map.copyOf(counted);
  }

  /** Whether nothing is wrong. */
  public boolean ok() {
    return findings.isEmpty();
  }
}
