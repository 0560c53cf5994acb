package dev.engram.bench;

import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Texts to learn: the same in every run, with the word frequencies of a natural language. */
final class Texts {
  private static final int LENGTH = 1_000;

  private static final String[] WORDS =
      IntStream.range(0, 20_000)
          .mapToObj(n -> "w" + Integer.toString(n * 7_919, 36))
          .toArray(String[]::new);

  private Texts() {}

  /** Texts of a kilobyte; text {@code n} is the only one with the word {@code unique}{@code n}. */
  static Stream<String> kilobytes(int count) {
    Random random = new Random(1);
    return IntStream.range(0, count).mapToObj(n -> kilobyte(random, n));
  }

  private static String kilobyte(Random random, int number) {
    StringBuilder text = new StringBuilder("unique").append(number);
    while (text.length() < LENGTH) {
      text.append(' ')
          .append(WORDS[(int) (WORDS.length * random.nextDouble() * random.nextDouble())]);
    }
    return text.toString();
  }
}
