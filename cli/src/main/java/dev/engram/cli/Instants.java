package dev.engram.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Instants as people write them in ISO 8601: with a zone, or in UTC, or a day alone. */
final class Instants {
  private static final List<Function<String, Instant>> FORMS =
      List.of(
          written -> OffsetDateTime.parse(written).toInstant(),
          written -> LocalDateTime.parse(written).toInstant(ZoneOffset.UTC),
          written -> LocalDate.parse(written).atStartOfDay().toInstant(ZoneOffset.UTC));

  private Instants() {}

  /** The instant; of a day, its beginning; empty for what is not understood. */
  static Optional<Instant> parse(String written) {
    for (Function<String, Instant> form : FORMS) {
      try {
        return Optional.of(form.apply(written));
      } catch (DateTimeException e) {
        // the next form
      }
    }
    return Optional.empty();
  }
}
