package dev.engram;

/**
 * The place of a commit in the log. LSNs grow by one with each commit of a timeline and compare
 * only within it; a restore or a repair with loss starts a new timeline.
 *
 * @param timeline number of the timeline, from 1
 * @param lsn log sequence number, from 1; 0 is the empty log
 */
public record CommitId(long timeline, long lsn) {
  @Override
  public String toString() {
    return timeline + "/" + lsn;
  }
}
