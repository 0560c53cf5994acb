package dev.engram.soak;

import java.util.random.RandomGenerator;

/** The few words that texts are made of, so that each is found in several. */
final class Words {
  private static final int WORDS = 12;

  /** A long word: many bytes, and few words to index. */
  private static final String FILLING = " " + "x".repeat(199);

  private static final int SHOWN = 40;

  private Words() {}

  static String word(RandomGenerator random) {
    return "w" + random.nextInt(WORDS);
  }

  /** A text, of which one in ten is long. */
  static String text(RandomGenerator random) {
    int filling = random.nextInt(10) == 0 ? random.nextInt(40) : 0;
    return text(random, filling);
  }

  static String text(RandomGenerator random, int filling) {
    return word(random) + " " + word(random) + " " + word(random) + FILLING.repeat(filling);
  }

  static boolean says(String text, String word) {
    return (" " + text + " ").contains(" " + word + " ");
  }

  static String shortened(String text) {
    return text.length() <= SHOWN
        ? text
        : text.substring(0, SHOWN) + "… of " + text.length() + " characters";
  }
}
