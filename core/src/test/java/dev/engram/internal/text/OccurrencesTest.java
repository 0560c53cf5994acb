package dev.engram.internal.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OccurrencesTest {
  private static final String QUESTION = "red blue green purple";

  @ParameterizedTest
  @ValueSource(ints = {50, 9_000})
  void countsTheTermsOfAQuestionInAnyDocuments(int size) {
    Random random = new Random(size);
    try (TextIndex index = TextIndex.inMemory()) {
      TreeMap<Integer, int[]> counts = new TreeMap<>();
      for (int i = 0; i < size; i++) {
        put(index, counts, i, random);
        if (i % 997 == 0) {
          index.refresh();
        }
      }
      for (int i = 0; i < size / 5; i++) {
        int ordinal = random.nextInt(size);
        if (random.nextBoolean()) {
          index.delete(7, 0, ordinal);
          counts.remove(ordinal);
        } else {
          put(index, counts, ordinal, random);
        }
        if (i % 500 == 0) {
          check(index, counts, IntStream.range(0, size).toArray());
        }
      }
      check(index, counts, IntStream.range(0, size + 3).toArray());
      check(index, counts, new int[] {1, size / 2, size - 1});
      check(index, counts, new int[0]);
    }
  }

  @Test
  void aQuestionThatNobodyAnswersHasNoTerms() {
    try (TextIndex index = TextIndex.inMemory()) {
      TermTable table = index.occurrences(TextQuery.of(7, 0, "red hats", 1), new int[] {0});

      assertEquals(0, table.terms().size());
      assertEquals(2, table.questionTerms());
      assertEquals(1, table.size());
    }
  }

  private static void put(TextIndex index, Map<Integer, int[]> counts, int ordinal, Random random) {
    int[] times = {random.nextInt(3), random.nextInt(3), random.nextInt(3), random.nextInt(9)};
    String text =
        "red ".repeat(times[0])
            + "blue ".repeat(times[1])
            + "green ".repeat(times[2])
            + "yellow ".repeat(times[3]);
    index.put(7, 0, ordinal, text, "english");
    index.put(8, 0, ordinal, "red red red red", "english");
    counts.put(ordinal, times);
  }

  private static void check(TextIndex index, Map<Integer, int[]> counts, int[] ordinals) {
    index.refresh();
    TermTable table = index.occurrences(TextQuery.of(7, 0, QUESTION, 1), ordinals);
    assertEquals(counts.size(), table.documents());
    assertEquals(3, table.terms().size());
    assertEquals(4, table.questionTerms());
    for (int row = 0; row < ordinals.length; row++) {
      int[] times = counts.getOrDefault(ordinals[row], new int[4]);
      assertEquals(row, table.row(ordinals[row]));
      assertEquals(times[0] + times[1] + times[2] + times[3], table.length(row));
      for (int term = 0; term < 3; term++) {
        assertEquals(times[term], table.count(term, row));
      }
    }
  }
}
