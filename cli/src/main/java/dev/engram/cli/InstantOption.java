package dev.engram.cli;

import java.time.Instant;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an instant, or a day in UTC, from the command line. Stateless. */
final class InstantOption implements ITypeConverter<Instant> {
  @Override
  public Instant convert(String value) {
    return Instants.parse(value)
        .orElseThrow(() ->
            new TypeConversionException(
                "'" + value + "' is no instant, such as 2026-01-31T12:00:00Z or 2026-01-31"));
  }
}
