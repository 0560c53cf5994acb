package dev.engram.internal.backup;

import dev.engram.spi.ObjectInfo;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A commit file in an archive, as its name tells: {@code archive/STORE/TIMELINE/FIRST-LAST}.
 *
 * @param store whose log
 * @param timeline of that log
 * @param first LSN of the first commit
 * @param last LSN of the last one
 * @param bytes its size
 */
public record ArchivedFile(UUID store, long timeline, long first, long last, long bytes) {
  static final String ROOT = "archive/";

  private static final Pattern NAME =
      Pattern.compile(
          ROOT
              + "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
              + "/([0-9]{10})/([0-9]{19})-([0-9]{19})");

  /** What an object is; empty where it is no commit file. */
  static Optional<ArchivedFile> of(ObjectInfo object) {
    Matcher parts = NAME.matcher(object.name());
    if (!parts.matches()) {
      return Optional.empty();
    }
    long first = number(parts.group(3));
    long last = number(parts.group(4));
    return first < 1 || last < first
        ? Optional.empty()
        : Optional.of(
            new ArchivedFile(
                UUID.fromString(parts.group(1)),
                Long.parseLong(parts.group(2)),
                first,
                last,
                object.size()));
  }

  /** The number, or 0 where it is too large for one. */
  private static long number(String digits) {
    return digits.compareTo(Long.toString(Long.MAX_VALUE)) < 0 ? Long.parseLong(digits) : 0;
  }

  /** The name of the object. */
  public String name() {
    return String.format(Locale.ROOT, "%s%s/%010d/%019d-%019d", ROOT, store, timeline, first, last);
  }
}
