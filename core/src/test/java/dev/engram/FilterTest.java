package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class FilterTest {
  private static final long TWO_TO_53 = 1L << 53;
  private static final Instant MAY = Instant.parse("2024-05-01T00:00:00Z");

  private static boolean holds(Filter filter, Object value) {
    return filter.matches(Metadata.of("k", value));
  }

  @Test
  void equalityNeedsTheSameKind() {
    assertTrue(holds(Filter.eq("k", "a"), "a"));
    assertTrue(holds(Filter.eq("k", true), true));
    assertTrue(holds(Filter.eq("k", MAY), MAY));
    assertFalse(holds(Filter.eq("k", "1"), 1));
    assertFalse(holds(Filter.eq("k", 1), true));
    assertFalse(holds(Filter.eq("k", MAY.toString()), MAY));
    assertFalse(holds(Filter.eq("k", MAY), MAY.plusNanos(1)));
    assertFalse(holds(Filter.eq("k", "a"), Map.of("a", 1)));
  }

  @Test
  void numbersCompareExactlyAcrossIntegersAndDecimals() {
    assertTrue(holds(Filter.eq("k", 2), 2.0));
    assertTrue(holds(Filter.eq("k", 2.0f), 2L));
    assertTrue(holds(Filter.eq("k", 0), -0.0));
    assertTrue(holds(Filter.eq("k", (double) TWO_TO_53), TWO_TO_53));
    assertFalse(holds(Filter.eq("k", (double) TWO_TO_53), TWO_TO_53 + 1));
    assertTrue(holds(Filter.range("k").gt((double) TWO_TO_53), TWO_TO_53 + 1));
    assertFalse(holds(Filter.range("k").gte(TWO_TO_53 + 1), (double) TWO_TO_53));
    assertTrue(holds(Filter.range("k").lt(0x1p63), Long.MAX_VALUE));
    assertFalse(holds(Filter.eq("k", 0x1p63), Long.MAX_VALUE));
    assertTrue(holds(Filter.range("k").gt(-0x1p64), Long.MIN_VALUE));
    assertTrue(holds(Filter.eq("k", -0x1p63), Long.MIN_VALUE));
    assertTrue(holds(Filter.range("k").gt(1).lt(2), 1.5));
    assertTrue(holds(Filter.range("k").lt(-1.5), -2));
    assertFalse(holds(Filter.range("k").lt(-1.5), -1));
  }

  @Test
  void rangesIncludeTheirBoundsOnlyWhenAsked() {
    Filter.Range range = Filter.range("year").gte(2000).lt(2010);
    assertTrue(range.matches(Metadata.of("year", 2000)));
    assertFalse(range.matches(Metadata.of("year", 2010)));
    assertFalse(range.matches(Metadata.of("year", "2005")));
    assertFalse(range.matches(Metadata.empty()));
    assertTrue(holds(Filter.range("k").lte(3).gt(2), 3));
    assertFalse(holds(Filter.range("k").gt(5).lt(3), 4));
    assertTrue(holds(Filter.range("k").gt(9).gte(1).lt(0).lte(4), 2));
    assertTrue(holds(Filter.range("k").gte(MAY).lt(MAY.plusSeconds(1)), MAY.plusNanos(1)));
  }

  @Test
  void stringsAreOrderedByCodePoint() {
    assertTrue(holds(Filter.range("k").gt("\uFFFD"), "😀"));
    assertTrue(holds(Filter.range("k").lt("😀"), "\uFB00"));
    assertTrue(holds(Filter.range("k").gt("a").lt("b"), "ab"));
    assertTrue(holds(Filter.range("k").gt("😀"), "😁"));
    assertFalse(holds(Filter.range("k").gt("a"), "a"));
  }

  @Test
  void anyElementOfAListMayMatchAndPathsReachThroughListsOfMaps() {
    Metadata book =
        Metadata.of(
            "tags", List.of("tea", List.of("green", 7)),
            "authors", List.of(Map.of("name", "Ann"), Map.of("name", "Bob", "x.y", 1)),
            "empty", List.of());
    assertTrue(Filter.eq("tags", "green").matches(book));
    assertTrue(Filter.range("tags").gt(6).matches(book));
    assertTrue(Filter.eq("authors.name", "Bob").matches(book));
    assertTrue(Filter.eq("authors.x.y", 1).matches(book));
    assertFalse(Filter.ne("authors.name", "Bob").matches(book));
    assertFalse(Filter.eq("authors", "Bob").matches(book));
    assertTrue(Filter.exists("empty").matches(book));
    assertTrue(Filter.exists("authors.x").matches(Metadata.of("authors.x", Map.of())));
    assertFalse(Filter.exists("authors.x").matches(book));
  }

  @Test
  void negationsMatchWhatLacksThePath() {
    assertTrue(Filter.ne("none", 1).matches(Metadata.empty()));
    assertTrue(Filter.nin("none", 1, 2).matches(Metadata.empty()));
    assertTrue(Filter.missing("none").matches(Metadata.empty()));
    assertFalse(Filter.in("k").matches(Metadata.of("k", 1)));
    assertTrue(holds(Filter.nin("k", List.of()), 1));
    assertTrue(holds(Filter.in("k", 1.0, "a"), 1));
  }

  @Test
  void textNeedsEveryWordInOneString() {
    Filter tea = Filter.text("k", "GREEN, tea");
    assertTrue(holds(tea, "Tea: the green one"));
    assertFalse(holds(tea, "greenish tea"));
    assertFalse(holds(tea, List.of("green", "tea")));
    assertTrue(holds(tea, List.of("x", "green tea")));
    assertTrue(holds(Filter.text("k", "ΟΔΟΣ"), "οδος 5"));
    assertTrue(holds(Filter.text("k", "Café"), "CAFE\u0301"));
    assertEquals(Set.of("year", "2024", "हिन्दी"), Filter.Text.wordsOf("year/2024 हिन्दी!"));
  }

  @Test
  void booleanOperatorsFollowLogic() {
    Filter a = Filter.eq("k", 1);
    Filter b = Filter.exists("x");
    assertTrue(holds(Filter.or(a, b), 1));
    assertFalse(holds(Filter.and(a, b), 1));
    assertTrue(holds(Filter.and(a, Filter.not(b)), 1));
    assertTrue(holds(Filter.and(), 1));
    assertFalse(holds(Filter.or(), 1));
    assertTrue(holds(Filter.all(), 1));
    assertEquals(a, Filter.not(Filter.not(a)));
    assertEquals(a, Filter.and(a));
    assertEquals(new Filter.And(List.of(a, b, a)), Filter.and(Filter.and(a, b), a));
    assertEquals(new Filter.Or(List.of(a, b, a)), Filter.or(Filter.or(a, b), a));
  }

  @Test
  void refusesWhatHasNoMeaning() {
    refused(() -> Filter.eq("k", Double.NaN), "finite");
    refused(() -> Filter.eq("k", null), "null");
    refused(() -> Filter.eq("k", List.of(1)), "path=k");
    refused(() -> Filter.eq(" ", 1), "blank");
    refused(() -> Filter.exists(""), "blank");
    refused(() -> Filter.range("k").gt(Double.POSITIVE_INFINITY), "finite");
    refused(() -> Filter.range("k").gt(1).lt("a"), "kind");
    refused(() -> Filter.range("k").gt(true), "boolean");
    refused(() -> Filter.range("k").gt(null), "null");
    refused(() -> new Filter.Range("k", null, false, null, false), "bound");
    refused(() -> Filter.text("k", "..!"), "no word");
    refused(() -> Filter.text("k", "\uD800"), "surrogate");
  }

  @Test
  void holdsToItsLimitsAndNotOneMore() {
    Integer[] most = new Integer[Limits.MAX_FILTER_VALUES];
    for (int i = 0; i < most.length; i++) {
      most[i] = i;
    }
    assertTrue(holds(Filter.in("k", (Object[]) most), most.length - 1));
    refused(
        () -> Filter.in("k", Collections.nCopies(Limits.MAX_FILTER_VALUES + 1, 1)),
        "limit=" + Limits.MAX_FILTER_VALUES);
    refused(
        () -> Filter.or(Collections.nCopies(Limits.MAX_FILTER_VALUES + 1, Filter.all())),
        "limit=" + Limits.MAX_FILTER_VALUES);
    Filter deep = Filter.all();
    for (int i = 1; i < Limits.MAX_DEPTH; i++) {
      deep = new Filter.Not(deep);
    }
    Filter deepest = deep;
    assertTrue(holds(Filter.and(List.of(new Filter.And(List.of()))), 1));
    refused(() -> new Filter.Not(deepest), "limit=" + Limits.MAX_DEPTH);
  }

  @Test
  void showsNoValues() {
    Filter filter =
        Filter.and(
            Filter.eq("a", "secret"),
            Filter.range("b").gt("secret"),
            Filter.text("c", "secret"),
            Filter.exists("d"));
    assertFalse(filter.toString().contains("secret"), filter.toString());
    assertTrue(filter.toString().contains("range(b)"), filter.toString());
  }

  private static void refused(Executable act, String part) {
    String message = assertThrows(InvalidInputException.class, act).getMessage();
    assertTrue(message.contains(part), message);
  }
}
