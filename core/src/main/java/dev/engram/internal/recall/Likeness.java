package dev.engram.internal.recall;

import java.util.HashSet;
import java.util.Set;

/** How much two texts say the same, by their words. Static functions only. */
public final class Likeness {
  private Likeness() {}

  /** The words that both have over those that either has, 0 to 1. */
  public static double of(String a, String b) {
    return of(words(a), words(b));
  }

  static Set<String> words(String text) {
    return new HashSet<>(Words.lowerCase(text));
  }

  static double of(Set<String> a, Set<String> b) {
    long both = a.stream().filter(b::contains).count();
    long either = a.size() + b.size() - both;
    return either == 0 ? 0 : (double) both / either;
  }
}
