package dev.engram;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The place of a commit in the log. LSNs grow by one with each commit of a timeline and compare
 * only within it; a restore or a repair with loss starts a new timeline.
 *
 * @param timeline number of the timeline, from 1
 * @param lsn log sequence number, from 1; 0 is the empty log
 */
public record CommitId(long timeline, long lsn) {
  private static final Pattern TEXT = Pattern.compile("([0-9]{1,18})/([0-9]{1,18})");

  /**
   * Reads what {@link #toString} gives, such as {@code 1/17}.
   *
   * @throws InvalidInputException where it is no such text
   */
  public static CommitId parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw new InvalidInputException(
          "no commit: given=" + text + ", expected=TIMELINE/LSN such as 1/17");
    }
    return new CommitId(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2)));
  }

  @Override
  public String toString() {
    return timeline + "/" + lsn;
  }
}
