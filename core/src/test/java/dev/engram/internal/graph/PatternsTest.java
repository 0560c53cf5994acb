package dev.engram.internal.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PatternsTest {
  private static long[] words(long... words) {
    return words;
  }

  @Test
  void aPatternIsStrongAboveFiveTogether() {
    Patterns patterns = new Patterns();
    for (int i = 0; i < 5; i++) {
      patterns.add(words(1, 2, 7), words(1, 2, 9), 1);
    }
    assertFalse(patterns.isStrong(words(1, 2), words(1, 2)), "exactly 5");
    patterns.add(words(1, 2), words(1, 2), .01);
    assertTrue(patterns.isStrong(words(1, 2, 3), words(0, 1, 2)));
    assertEquals(1, patterns.strong());
  }

  @Test
  void oneSharedWordIsNoPattern() {
    Patterns patterns = new Patterns();
    for (int i = 0; i < 10; i++) {
      patterns.add(words(1, 2), words(2, 3), 1);
      patterns.add(words(), words(2, 3), 1);
    }
    assertEquals(0, patterns.strong());
    assertFalse(patterns.isStrong(words(1, 2), words(2, 3)));
  }

  @Test
  void ofManySharedWordsTheLeastCount() {
    long[] most = LongStream.range(0, Patterns.MOST_SHARED + 1).toArray();
    Patterns patterns = new Patterns();
    for (int i = 0; i < 6; i++) {
      patterns.add(most, most, 1);
    }
    assertEquals(Patterns.MOST_SHARED * (Patterns.MOST_SHARED - 1) / 2, patterns.strong());
    assertFalse(patterns.isStrong(words(0, Patterns.MOST_SHARED), words(0, Patterns.MOST_SHARED)));
  }

  @Test
  void whereThereAreTooManyTheWeakAreLetGoAndNoneCountsForMore() {
    Patterns patterns = new Patterns(100);
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 20; i++) {
      patterns.add(words(1, 2), words(1, 2), .3);
      for (int j = 0; j < 200; j++) {
        long word = random.nextLong(10, Long.MAX_VALUE - 1);
        patterns.add(words(word, word + 1), words(word, word + 1), .1);
      }
    }
    assertTrue(patterns.isStrong(words(1, 2), words(1, 2)), "the strong one is kept");
    assertEquals(1, patterns.strong());
  }

  @Test
  void countsManyPatterns() {
    Patterns patterns = new Patterns();
    for (int round = 0; round < 6; round++) {
      for (long word = 0; word < 20_000; word += 2) {
        patterns.add(words(word, word + 1), words(word, word + 1), round % 2 == 0 ? 1 : .9);
      }
    }
    assertEquals(10_000, patterns.strong());
  }
}
