package dev.engram.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Durations as people write them: {@code 30d}, {@code 12h}, {@code 1d12h}, with the units w, d, h,
 * m, s and ms; or as ISO 8601 does, {@code P30D}. Stateless.
 */
final class DurationText implements ITypeConverter<Duration> {
  /** A longer text is no duration; and the larger it is, the deeper a pattern goes into it. */
  private static final int MAX_CHARACTERS = 100;

  private static final String PART = "(\\d{1,9})(ms|s|m|h|d|w)";
  private static final Pattern PARTS = Pattern.compile("(?:" + PART + ")+");
  private static final Pattern ONE = Pattern.compile(PART);
  private static final Map<String, Duration> UNITS = units();

  @Override
  public Duration convert(String text) {
    if (text.length() > MAX_CHARACTERS) {
      throw malformed(text.substring(0, MAX_CHARACTERS) + "...");
    }
    if (PARTS.matcher(text).matches()) {
      return sum(text);
    }
    try {
      if (text.startsWith("P")) {
        return Duration.parse(text);
      }
    } catch (DateTimeException e) {
      throw malformed(text);
    }
    throw malformed(text);
  }

  private static Duration sum(String text) {
    Duration sum = Duration.ZERO;
    Matcher parts = ONE.matcher(text);
    while (parts.find()) {
      Duration unit = UNITS.getOrDefault(parts.group(2), Duration.ZERO);
      sum = sum.plus(unit.multipliedBy(Long.parseLong(parts.group(1))));
    }
    return sum;
  }

  private static TypeConversionException malformed(String text) {
    return new TypeConversionException("'" + text + "' is not a duration; write 30d, 12h or 90m");
  }

  /** As {@link #convert} reads it, to the millisecond. */
  static String of(Duration duration) {
    StringBuilder text = new StringBuilder();
    long left = duration.toMillis();
    for (Map.Entry<String, Duration> unit : UNITS.entrySet()) {
      long millis = unit.getValue().toMillis();
      if (left >= millis && !unit.getKey().equals("w")) {
        text.append(left / millis).append(unit.getKey());
        left %= millis;
      }
    }
    return text.isEmpty() ? "0s" : text.toString();
  }

  private static Map<String, Duration> units() {
    Map<String, Duration> units = new LinkedHashMap<>();
    units.put("w", Duration.ofDays(7));
    units.put("d", Duration.ofDays(1));
    units.put("h", Duration.ofHours(1));
    units.put("m", Duration.ofMinutes(1));
    units.put("s", Duration.ofSeconds(1));
    units.put("ms", Duration.ofMillis(1));
    return units;
  }
}
