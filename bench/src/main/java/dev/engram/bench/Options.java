package dev.engram.bench;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The options of a command line: {@code --flag} and {@code --name value}. Immutable. */
public final class Options {
  private final Map<String, String> given = new HashMap<>();

  /**
   * @param flags options without a value
   * @param names options with one
   * @throws IllegalArgumentException for a word that is neither, and a name without a value
   */
  public Options(List<String> words, Set<String> flags, Set<String> names) {
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (flags.contains(word)) {
        given.put(word, "");
      } else if (names.contains(word) && i + 1 < words.size()) {
        given.put(word, words.get(++i));
      } else {
        throw new IllegalArgumentException("no such option, or no value for it: " + word);
      }
    }
  }

  /** Whether it was given. */
  public boolean has(String option) {
    return given.containsKey(option);
  }

  /** Its value; null unless given. */
  public @Nullable String text(String option) {
    return given.get(option);
  }

  /** Its value as a number, which may have underscores. */
  public int number(String option, int unlessGiven) {
    String value = given.get(option);
    return value == null ? unlessGiven : Integer.parseInt(value.replace("_", ""));
  }
}
