package dev.engram;

/**
 * The place of a commit in the log. LSNs grow by one with each commit of a timeline and compare
 * only within it; a restore or a repair with loss starts a new timeline.
 *
 * @param timeline number of the timeline, from 1
 * @param lsn log sequence number, from 1; 0 is the empty log
 */
public record CommitId(long timeline, long lsn) {
  /**
   * Reads what {@link #toString} gives, such as {@code 1/17}.
   *
   * @throws InvalidInputException where it is no such text
   */
  public static CommitId parse(String text) {
    int slash = text.indexOf('/');
    try {
      return new CommitId(
          Long.parseLong(text, 0, Math.max(slash, 0), 10),
          Long.parseLong(text, slash + 1, text.length(), 10));
    } catch (NumberFormatException e) {
      throw new InvalidInputException(
          "no commit: given=" + text + ", expected=TIMELINE/LSN such as 1/17", e);
    }
  }

  @Override
  public String toString() {
    return timeline + "/" + lsn;
  }
}
