package dev.engram;

import java.util.List;

/**
 * What a repair found and did.
 *
 * @param lossless whether every commit was kept
 * @param lastKept the last commit that was kept
 * @param lostFrom first LSN that is known to be lost, 0 where none is
 * @param lostTo last LSN that is known to be lost, as far as a view still remembers it
 * @param actions what was done, for people
 */
public record RepairReport(
    boolean lossless, CommitId lastKept, long lostFrom, long lostTo, List<String> actions) {
  public RepairReport {
    actions = List.copyOf(actions);
  }
}
