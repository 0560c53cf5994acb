package dev.engram;

import dev.engram.CheckReport.Finding;
import java.util.List;

/**
 * What a repair found and did.
 *
 * @param lossless whether every commit was kept
 * @param lastKept the last commit that was kept
 * @param lostFrom first LSN that is known to be lost, 0 where none is
 * @param lostTo last LSN that is known to be lost, as far as a view still remembers it; 0 where
 *     none does
 * @param actions what was done, for people
 * @param left what is wrong still, in rows; empty where all is well
 */
public record RepairReport(
    boolean lossless,
    CommitId lastKept,
    long lostFrom,
    long lostTo,
    List<String> actions,
    List<Finding> left) {
  public RepairReport {
    actions = List.copyOf(actions);
    left = List.copyOf(left);
  }

  /** Whether nothing is wrong any more. */
  public boolean ok() {
    return left.isEmpty();
  }
}
