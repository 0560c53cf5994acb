package dev.engram.cli;

import dev.engram.Metadata;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads {@code --meta key=value}. The value's kind shows in its form, as in a filter: {@code true},
 * {@code 42}, {@code 4.5}, {@code @2026-01-31T12:00:00Z}; everything else is a string, and so is
 * what stands in single quotes. Stateless.
 */
final class MetaValue {
  private static final Pattern INTEGER = Pattern.compile("-?\\d{1,18}");
  private static final Pattern DECIMAL = Pattern.compile("-?\\d+(\\.\\d+)?([eE][+-]?\\d+)?");

  private MetaValue() {}

  static Metadata metadata(Map<String, String> pairs) {
    Metadata metadata = Metadata.empty();
    for (Map.Entry<String, String> pair : pairs.entrySet()) {
      metadata = metadata.with(pair.getKey(), value(pair.getValue()));
    }
    return metadata;
  }

  static Object value(String text) {
    if (text.length() >= 2 && text.startsWith("'") && text.endsWith("'")) {
      return text.substring(1, text.length() - 1);
    }
    if (text.equals("true") || text.equals("false")) {
      return text.equals("true");
    }
    if (text.startsWith("@") && text.length() > 1 && Character.isDigit(text.charAt(1))) {
      return Json.instant(text.substring(1));
    }
    if (INTEGER.matcher(text).matches()) {
      return Long.parseLong(text);
    }
    return DECIMAL.matcher(text).matches() ? (Object) Double.valueOf(text) : text;
  }
}
