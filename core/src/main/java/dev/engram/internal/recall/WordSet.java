package dev.engram.internal.recall;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The words of a text as they are written, without regard to case, order and number, to be compared
 * with those of another. What is written without blanks between words is one word. Immutable.
 */
public final class WordSet {
  private final Set<String> words;

  private WordSet(Set<String> words) {
    this.words = words;
  }

  public static WordSet of(String text) {
    return new WordSet(new HashSet<>(Words.lowerCase(text)));
  }

  /** The words that both have over those that either has (Jaccard); 0 where there are none. */
  public double shared(WordSet other) {
    long both = words.stream().filter(other.words::contains).count();
    long either = words.size() + other.words.size() - both;
    return either == 0 ? 0 : (double) both / either;
  }

  /** Whether both tell the same numbers: texts that differ in one say different things. */
  public boolean hasNumbersOf(WordSet other) {
    return numbers().equals(other.numbers());
  }

  private Set<String> numbers() {
    return words.stream()
        .filter(word -> word.chars().anyMatch(Character::isDigit))
        .collect(Collectors.toSet());
  }
}
