package dev.engram.internal.filter;

import dev.engram.Filter;
import dev.engram.Metadata;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Random metadata and filters over few paths and values, so that they often meet. */
final class RandomMetadata {
  private static final List<String> KEYS = List.of("a", "b", "a.b", "tags", "c");
  private static final List<String> PATHS =
      List.of("a", "b", "a.b", "tags", "c", "a.a", "b.tags.a", "a.b.c", "c.c", "none");
  private static final List<String> WORDS = List.of("green", "Tea", "köln", "KÖLN", "x7", "😀a");
  private static final long BIG = 1L << 53;

  private final Random random;

  RandomMetadata(long seed) {
    random = new Random(seed);
  }

  Metadata metadata() {
    return Metadata.ofMap(map(0));
  }

  private Map<String, Object> map(int depth) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      map.put(pick(KEYS), value(depth));
    }
    return map;
  }

  private Object value(int depth) {
    int kind = random.nextInt(depth > 2 ? 8 : 12);
    if (kind < 8) {
      return scalar();
    }
    if (kind < 10) {
      return map(depth + 1);
    }
    List<Object> list = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      list.add(value(depth + 1));
    }
    return list;
  }

  Object scalar() {
    return switch (random.nextInt(9)) {
      case 0, 1 -> pick(WORDS);
      case 2 -> pick(WORDS) + " " + pick(WORDS) + "-" + pick(WORDS);
      case 3 -> (long) random.nextInt(6) - 2;
      case 4 -> random.nextInt(8) / 2.0 - 2;
      case 5 -> pick(List.of(BIG, BIG + 1, (double) BIG, Long.MAX_VALUE, 0x1p63, -0x1p63, -0.0));
      case 6 -> random.nextBoolean();
      case 7 -> Instant.EPOCH.plusNanos(random.nextInt(5) - 2L);
      default -> pick(List.of(Instant.MIN, Instant.MAX, Instant.EPOCH, Instant.ofEpochSecond(BIG)));
    };
  }

  Filter filter(int depth) {
    return switch (random.nextInt(depth > 2 ? 6 : 10)) {
      case 0 -> Filter.eq(pick(PATHS), scalar());
      case 1 -> Filter.in(pick(PATHS), scalar(), scalar(), scalar());
      case 2, 3 -> range();
      case 4 -> Filter.exists(pick(PATHS));
      case 5 -> Filter.text(pick(PATHS), pick(WORDS) + " " + pick(WORDS));
      case 6 -> Filter.and(filters(depth));
      case 7 -> Filter.or(filters(depth));
      case 8 -> Filter.not(filter(depth + 1));
      default -> Filter.all();
    };
  }

  private List<Filter> filters(int depth) {
    List<Filter> filters = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      filters.add(filter(depth + 1));
    }
    return filters;
  }

  private Filter range() {
    Filter.Unbounded range = Filter.range(pick(PATHS));
    Object bound = bound();
    Filter.Range half = random.nextBoolean() ? range.gt(bound) : range.gte(bound);
    Object upper = bound();
    if (!sameKind(bound, upper)) {
      return random.nextBoolean()
          ? half
          : random.nextBoolean() ? range.lt(upper) : range.lte(upper);
    }
    return random.nextBoolean() ? half.lt(upper) : half.lte(upper);
  }

  private Object bound() {
    Object bound = scalar();
    return bound instanceof Boolean ? "m" : bound;
  }

  private static boolean sameKind(Object a, Object b) {
    return a.getClass() == b.getClass() || (a instanceof Number && b instanceof Number);
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  int below(int bound) {
    return random.nextInt(bound);
  }
}
