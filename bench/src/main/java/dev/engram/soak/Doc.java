package dev.engram.soak;

import java.util.Arrays;

/**
 * A document, as the oracle keeps it.
 *
 * @param vector what {@link #vectorOf} is made from
 * @param expiresAt milliseconds since the epoch, 0 for never
 */
record Doc(int vector, String text, long colour, long expiresAt) {
  static final int DIMENSION = 4;

  /** So many different vectors there are. */
  static final int VECTORS = 10_000;

  /** Stands for a vector that is none of ours. */
  private static final int DAMAGED = -1;

  /** Four digits as four numbers, of which the first is not zero. */
  static float[] vectorOf(int number) {
    return new float[] {1 + number % 10, number / 10 % 10, number / 100 % 10, number / 1_000 % 10};
  }

  /** Which number a vector was made from. */
  static int numberOf(float[] vector) {
    if (vector.length != DIMENSION) {
      return DAMAGED;
    }
    int number =
        (int) vector[0]
            - 1
            + 10 * (int) vector[1]
            + 100 * (int) vector[2]
            + 1_000 * (int) vector[3];
    boolean ours = number >= 0 && number < VECTORS && Arrays.equals(vectorOf(number), vector);
    return ours ? number : DAMAGED;
  }

  boolean livesAt(long millis) {
    return expiresAt == 0 || millis < expiresAt;
  }

  boolean says(String word) {
    return Words.says(text, word);
  }

  @Override
  public String toString() {
    return vector + " " + Words.shortened(text) + " colour=" + colour + " expires=" + expiresAt;
  }
}
