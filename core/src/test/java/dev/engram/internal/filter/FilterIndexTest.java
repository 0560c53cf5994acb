package dev.engram.internal.filter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.Filter;
import dev.engram.Metadata;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilterIndexTest {
  private static final long SEED = Long.getLong("engram.seed", System.nanoTime());

  @ParameterizedTest
  @ValueSource(ints = {20, 400, 1_500})
  void answersAsRowsDoWhateverHappened(int ordinals) {
    RandomMetadata random = new RandomMetadata(SEED + ordinals);
    FilterIndex index = new FilterIndex();
    Map<Integer, Metadata> model = new TreeMap<>();
    for (int round = 0; round < 6; round++) {
      change(index, model, random, ordinals);
      compare(index, model, random, 150);
    }
    for (int ordinal : index.all().toArray()) {
      index.remove(ordinal);
      index.remove(ordinal);
      model.remove(ordinal);
    }
    compare(index, model, random, 20);
  }

  private static void change(
      FilterIndex index, Map<Integer, Metadata> model, RandomMetadata random, int ordinals) {
    for (int i = 0; i < ordinals; i++) {
      int ordinal = random.below(ordinals);
      if (random.below(4) == 0) {
        index.remove(ordinal);
        model.remove(ordinal);
      } else {
        Metadata metadata = random.metadata();
        index.put(ordinal, metadata);
        model.put(ordinal, metadata);
      }
    }
  }

  private static void compare(
      FilterIndex index, Map<Integer, Metadata> model, RandomMetadata random, int filters) {
    assertEquals(model.size(), index.cardinality());
    assertArrayEquals(matching(model, Filter.all()), index.all().toArray());
    for (int i = 0; i < filters; i++) {
      Filter filter = random.filter(0);
      assertArrayEquals(
          matching(model, filter), index.evaluate(filter).toArray(), "seed=" + SEED + " " + filter);
    }
  }

  private static int[] matching(Map<Integer, Metadata> model, Filter filter) {
    return model.entrySet().stream()
        .filter(entry -> filter.matches(entry.getValue()))
        .mapToInt(Map.Entry::getKey)
        .toArray();
  }

  @Test
  void manyDistinctNumbersAnswerRangesExactly() {
    FilterIndex index = new FilterIndex();
    int count = 20_000;
    for (int i = 0; i < count; i++) {
      index.put(i, Metadata.of("n", (i * 7_919L) % count));
    }
    OrdinalSet found = index.evaluate(Filter.range("n").gte(5_000).lt(15_000));
    assertEquals(10_000, found.size());
    found.forEach(i -> assertTrue((i * 7_919L) % count >= 5_000 && (i * 7_919L) % count < 15_000));
    for (int i = 0; i < count; i++) {
      index.put(i, Metadata.of("n", i / 1_000));
    }
    assertEquals(OrdinalSet.range(3_000, 4_000), index.evaluate(Filter.eq("n", 3)));
    assertEquals(OrdinalSet.range(18_000, 20_000), index.evaluate(Filter.range("n").gt(17)));
    for (int i = count - 1; i >= 0; i--) {
      index.remove(i);
    }
    assertTrue(index.evaluate(Filter.exists("n")).isEmpty());
  }

  @Test
  void forgetsPathsAndTermsThatNobodyHas() {
    FilterIndex index = new FilterIndex();
    for (int i = 0; i < 1_000; i++) {
      index.put(i, Metadata.of("same", "x"));
    }
    assertTrue(index.evaluate(Filter.text("same", "y")).isEmpty());
    long before = index.bytes();
    for (int round = 0; round < 5_000; round++) {
      index.put(7, Metadata.of("path" + round, "term" + round, "same", "term" + round));
    }
    assertEquals(OrdinalSet.of(7), index.evaluate(Filter.text("same", "TERM4999")));
    assertTrue(index.evaluate(Filter.exists("path0")).isEmpty());
    index.put(7, Metadata.of("same", "x"));
    // Replaced rows wait for the next reclaiming, up to a kilobyte, counted three times.
    assertTrue(index.bytes() < before + 3 * 1_024 + 100, index.bytes() + " after " + before);
    assertTrue(index.evaluate(Filter.text("same", "TERM4999")).isEmpty());
  }

  @Test
  void keepsRowsOfAnyLength() {
    FilterIndex index = new FilterIndex();
    for (int i = 0; i < 700; i++) {
      index.put(i, Metadata.of("s", "x".repeat(i * i % 90_000), "i", i));
    }
    for (int i = 0; i < 700; i += 2) {
      index.put(i, Metadata.of("s", "y".repeat(i), "i", i));
    }
    assertEquals(OrdinalSet.of(300), index.evaluate(Filter.eq("s", "y".repeat(300))));
    assertEquals(
        OrdinalSet.of(299), index.evaluate(Filter.eq("s", "x".repeat(299 * 299 % 90_000))));
  }

  @Test
  void resultsDoNotChangeAfterwards() {
    FilterIndex index = new FilterIndex();
    for (int i = 0; i < 1_000; i++) {
      index.put(i, Metadata.of("k", "v"));
    }
    OrdinalSet all = index.all();
    OrdinalSet equal = index.evaluate(Filter.eq("k", "v"));
    OrdinalSet single = index.evaluate(new Filter.Or(List.of(Filter.exists("k"))));
    index.remove(5);
    assertTrue(all.contains(5) && equal.contains(5) && single.contains(5));
    assertThrows(IllegalArgumentException.class, () -> index.put(-1, Metadata.empty()));
  }

  @Test
  void readersSeeBatchesWholeOrNotAtAll() throws InterruptedException, ExecutionException {
    FilterIndex index = new FilterIndex();
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService readers = Executors.newFixedThreadPool(2)) {
      Future<?> first = readers.submit(() -> watch(index, done));
      Future<?> second = readers.submit(() -> watch(index, done));
      for (int round = 0; round < 400; round++) {
        int value = round;
        index.atomically(() -> {
          for (int i = 0; i < 10; i++) {
            index.put((value % 100) * 10 + i, Metadata.of("r", value, "t", "green tea " + value));
          }
        });
      }
      done.set(true);
      first.get();
      second.get();
    }
    assertEquals(1_000, index.cardinality());
  }

  private static void watch(FilterIndex index, AtomicBoolean done) {
    for (int i = 0; !done.get(); i++) {
      int found = index.evaluate(Filter.eq("r", i % 400)).size();
      int texts = index.evaluate(Filter.text("t", "tea")).size();
      assertTrue(found == 0 || found == 10, "found=" + found);
      assertEquals(0, texts % 10);
    }
  }
}
