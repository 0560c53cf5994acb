package dev.engram.cli;

import dev.engram.Metric;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How metrics are written on the command line: in small letters. */
final class MetricName implements ITypeConverter<Metric> {
  @Override
  public Metric convert(String value) {
    return Arrays.stream(Metric.values())
        .filter(known -> name(known).equals(value.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() ->
            new TypeConversionException(
                "'" + value + "' is not one of cosine, dot, euclidean, manhattan"));
  }

  static String name(Metric metric) {
    return metric.name().toLowerCase(Locale.ROOT);
  }
}
