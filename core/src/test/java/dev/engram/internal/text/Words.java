package dev.engram.internal.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random texts of invented words whose frequencies fall as those of a language do. */
final class Words {
  private final List<String> words = new ArrayList<>();
  private final Random random;

  Words(Random random, int vocabulary) {
    this.random = random;
    for (int i = 0; i < vocabulary; i++) {
      words.add(invent());
    }
  }

  private String invent() {
    StringBuilder word = new StringBuilder();
    for (int syllables = 2 + random.nextInt(3); syllables > 0; syllables--) {
      word.append("bdfgklmnprtvz".charAt(random.nextInt(13)))
          .append("aeiou".charAt(random.nextInt(5)));
    }
    return word.append("x").toString();
  }

  String word() {
    double skewed = Math.pow(random.nextDouble(), 3);
    return words.get((int) (skewed * words.size()));
  }

  String text(int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(word()).append(i % 9 == 8 ? ". " : " ");
    }
    return text.toString();
  }
}
