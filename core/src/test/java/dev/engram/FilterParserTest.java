package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class FilterParserTest {
  private static void reads(String text, Filter filter) {
    assertEquals(filter, Filter.parse(text), text);
  }

  private static void refuses(String text, int position, String part) {
    String message =
        assertThrows(InvalidInputException.class, () -> Filter.parse(text), text).getMessage();
    assertTrue(message.contains("position=" + position + ","), text + ": " + message);
    assertTrue(message.contains(part), text + ": " + message);
    assertFalse(message.contains("secret"), message);
  }

  @Test
  void readsTheWholeGrammar() {
    reads(
        "user = 'alice' and year >= 2020 and not tag in ('a','b') and exists(x)"
            + " and text(body, 'green tea')",
        Filter.and(
            Filter.eq("user", "alice"),
            Filter.range("year").gte(2020),
            Filter.nin("tag", "a", "b"),
            Filter.exists("x"),
            Filter.text("body", "green tea")));
    reads("a=1 or b==2 and c<>3", Filter.or(eq("a", 1), Filter.and(eq("b", 2), not("c", 3))));
    reads("(a=1 OR b=2) AND c!=3", Filter.and(Filter.or(eq("a", 1), eq("b", 2)), not("c", 3)));
    reads("a not in (1)", Filter.nin("a", 1));
    reads("not not a = 1", eq("a", 1));
    reads("missing(a.b-c._d)", Filter.missing("a.b-c._d"));
    reads("all", Filter.all());
    reads("all = 1 and exists = 2", Filter.and(eq("all", 1), eq("exists", 2)));
    reads("\"in\" = 1 and \"a \"\"b\" = 2", Filter.and(eq("in", 1), eq("a \"b", 2)));
    reads("größe < 5", Filter.range("größe").lt(5));
    reads("android = 1 and notes = 2", Filter.and(eq("android", 1), eq("notes", 2)));
  }

  private static Filter eq(String path, Object value) {
    return Filter.eq(path, value);
  }

  private static Filter not(String path, Object value) {
    return Filter.ne(path, value);
  }

  @Test
  void readsEveryKindOfValue() {
    reads("a = 'it''s'", eq("a", "it's"));
    reads("a = ''", eq("a", ""));
    reads("a > -7", Filter.range("a").gt(-7));
    reads("a <= -1.5e+3", Filter.range("a").lte(-1500.0));
    reads("a = 9223372036854775807", eq("a", Long.MAX_VALUE));
    reads("a = -9223372036854775808", eq("a", Long.MIN_VALUE));
    reads("a = TRUE", eq("a", true));
    reads("a = false", eq("a", false));
    reads("t > @2024-05-01T00:00:00Z", Filter.range("t").gt(Instant.parse("2024-05-01T00:00:00Z")));
    reads(
        "t > @2024-05-01T02:00:00.5+02:00",
        Filter.range("t").gt(Instant.parse("2024-05-01T00:00:00.5Z")));
  }

  @Test
  void namesThePositionOfWhatItCannotRead() {
    refuses("", 1, "path");
    refuses("a", 2, "comparison");
    refuses("a = ", 5, "value");
    refuses("a = secret", 5, "value");
    refuses("a = 'secret", 5, "closing quote");
    refuses("\"a = 1", 1, "closing quote");
    refuses("a = 1 b", 7, "end");
    refuses("(a = 1", 7, ")");
    refuses("a in 1", 6, "(");
    refuses("a in ()", 7, "value");
    refuses("a not = 1", 7, "in");
    refuses("secret(a)", 1, "exists");
    refuses("text(a)", 7, ",");
    refuses("text(a, 5)", 9, "single quotes");
    refuses("and = 1", 1, "path");
    refuses("a. = 1", 1, "path");
    refuses("a = 9223372036854775808", 5, "64 bits");
    refuses("a = 1e999", 5, "64 bits");
    refuses("a = 1.x", 7, "digit");
    refuses("a = -", 6, "digit");
    refuses("t > @yesterday", 5, "instant");
    refuses("t > @2024-13-01T00:00:00Z", 5, "instant");
  }

  @Test
  void boundsDepthAndLength() {
    int most = Limits.MAX_DEPTH - 1;
    reads("(".repeat(most) + "a = 1" + ")".repeat(most), eq("a", 1));
    refuses("(".repeat(most + 1) + "a = 1", most + 2, "nesting");
    refuses("not ".repeat(100_000) + "a = 1", 4 * Limits.MAX_DEPTH, "nesting");
    String long1 = "a = '" + "x".repeat(Limits.MAX_FILTER_CHARS) + "'";
    String message =
        assertThrows(InvalidInputException.class, () -> Filter.parse(long1)).getMessage();
    assertTrue(message.contains("limit=" + Limits.MAX_FILTER_CHARS), message);
  }
}
