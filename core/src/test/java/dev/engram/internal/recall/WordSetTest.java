package dev.engram.internal.recall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WordSetTest {
  private static double shared(String one, String other) {
    assertEquals(
        WordSet.of(other).shared(WordSet.of(one)), WordSet.of(one).shared(WordSet.of(other)));
    return WordSet.of(one).shared(WordSet.of(other));
  }

  @Test
  void isTheShareOfTheWordsOfBoth() {
    assertEquals(1, shared("Green tea!", "tea, green; TEA"));
    assertEquals(.5, shared("green tea and", "green tea or"));
    assertEquals(0, shared("green", "tea"));
    assertEquals(0, shared("...", "..."), "no words say nothing");
  }

  @Test
  void numbersAreTheSameOrNot() {
    WordSet may = WordSet.of("on 3 May 2020");
    assertTrue(may.hasNumbersOf(WordSet.of("2020, May 3")));
    assertFalse(may.hasNumbersOf(WordSet.of("on 4 May 2020")));
    assertTrue(WordSet.of("never").hasNumbersOf(WordSet.of("ever")));
  }
}
