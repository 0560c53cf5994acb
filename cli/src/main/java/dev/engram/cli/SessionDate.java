package dev.engram.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * When a session of a conversation was, as files write it: {@code 1:56 pm on 8 May, 2023}, {@code 8
 * May 2023}, {@code May 8, 2023}, or ISO 8601. Without a zone it is UTC. Static functions only.
 */
final class SessionDate {
  private static final List<DateTimeFormatter> FORMS =
      List.of(form("h:mm a 'on' d MMMM[,] yyyy"), form("d MMMM[,] yyyy"), form("MMMM d[,] yyyy"));

  private SessionDate() {}

  /** The instant; of a day, its beginning; empty for what is not understood. */
  static Optional<Instant> parse(String written) {
    String date = written.strip();
    for (DateTimeFormatter form : FORMS) {
      try {
        return Optional.of(instant(form.parseBest(date, LocalDateTime::from, LocalDate::from)));
      } catch (DateTimeException e) {
        // the next form
      }
    }
    return Instants.parse(date);
  }

  private static Instant instant(TemporalAccessor local) {
    LocalDateTime time =
        local instanceof LocalDateTime full ? full : ((LocalDate) local).atStartOfDay();
    return time.toInstant(ZoneOffset.UTC);
  }

  private static DateTimeFormatter form(String pattern) {
    return new DateTimeFormatterBuilder()
        .parseCaseInsensitive()
        .appendPattern(pattern)
        .toFormatter(Locale.ENGLISH);
  }
}
