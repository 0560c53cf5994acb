package dev.engram.soak;

import dev.engram.RecoveryPoint;

/**
 * A moment to which the archive leads.
 *
 * @param point by which it is recovered
 * @param lsn of its last commit
 * @param model what the store held then
 */
record Archived(RecoveryPoint point, long lsn, Model model) {
  @Override
  public String toString() {
    return point + ", at=" + lsn;
  }
}
