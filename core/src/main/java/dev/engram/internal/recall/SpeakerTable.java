package dev.engram.internal.recall;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Speakers by number, by name and by first name. Guarded by its chronicle. */
public final class SpeakerTable {
  private static final int BYTES_PER_SPEAKER = 256;

  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> names = new ArrayList<>();

  /** Speakers by the words of their names in lower case, and by the first of them. */
  private final Map<String, List<Integer>> byWords = new HashMap<>();

  private int[] sizes = new int[0];
  private int count;

  int enter(@Nullable String name) {
    if (name == null) {
      return Chronicle.NONE;
    }
    Integer known = numbers.get(name);
    int number = known != null ? known : add(name);
    if (sizes[number]++ == 0) {
      count++;
    }
    return number;
  }

  void leave(int speaker) {
    if (speaker != Chronicle.NONE && --sizes[speaker] == 0) {
      count--;
    }
  }

  private int add(String name) {
    int number = names.size();
    numbers.put(name, number);
    names.add(name);
    sizes = number < sizes.length ? sizes : Arrays.copyOf(sizes, 2 * number + 4);
    List<String> words = Words.lowerCase(name);
    if (!words.isEmpty()) {
      byWords.computeIfAbsent(String.join(" ", words), _ -> new ArrayList<>()).add(number);
    }
    if (words.size() > 1) {
      byWords.computeIfAbsent(words.getFirst(), _ -> new ArrayList<>()).add(number);
    }
    return number;
  }

  /** How many speakers have memories. */
  public int count() {
    return count;
  }

  /** The name of a speaker; null for {@link Chronicle#NONE}. */
  public @Nullable String name(int speaker) {
    return speaker == Chronicle.NONE ? null : names.get(speaker);
  }

  /** The speakers that have memories and are called so in full or by their first name. */
  public List<Integer> called(String words) {
    return byWords.getOrDefault(words.toLowerCase(Locale.ROOT), List.of()).stream()
        .filter(speaker -> sizes[speaker] > 0)
        .toList();
  }

  /** The speakers that have memories. */
  public List<Integer> all() {
    List<Integer> all = new ArrayList<>();
    for (int speaker = 0; speaker < names.size(); speaker++) {
      if (sizes[speaker] > 0) {
        all.add(speaker);
      }
    }
    return all;
  }

  long bytes() {
    return (long) BYTES_PER_SPEAKER * names.size();
  }
}
