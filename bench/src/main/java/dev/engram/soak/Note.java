package dev.engram.soak;

/**
 * A memory, as the oracle keeps it.
 *
 * @param lot memories of one lot are forgotten together
 */
record Note(String text, long lot) {
  boolean says(String word) {
    return Words.says(text, word);
  }

  @Override
  public String toString() {
    return Words.shortened(text) + " lot=" + lot;
  }
}
