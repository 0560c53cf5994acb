package dev.engram.internal.recall;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The words of a text as they are written. Static functions only. */
final class Words {
  private Words() {}

  /**
   * A word in its place.
   *
   * @param text letters, digits and apostrophes within; typographic apostrophes become plain ones
   * @param start of its first character in the text
   * @param end just behind its last character
   */
  record Word(String text, int start, int end) {
    String lowerCase() {
      return text.toLowerCase(Locale.ROOT);
    }

    boolean isCapitalised() {
      return Character.isUpperCase(text.codePointAt(0));
    }
  }

  static List<Word> of(String text) {
    List<Word> words = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int end = start;
      while (end < text.length() && belongs(text, start, end)) {
        end++;
      }
      if (end > start) {
        words.add(new Word(text.substring(start, end).replace('\u2019', '\''), start, end));
      }
      start = end + 1;
    }
    return words;
  }

  static List<String> lowerCase(String text) {
    return of(text).stream().map(Word::lowerCase).toList();
  }

  private static boolean belongs(String text, int start, int at) {
    char c = text.charAt(at);
    boolean apostrophe = c == '\'' || c == '\u2019';
    return Character.isLetterOrDigit(c)
        || Character.isSurrogate(c)
        || (apostrophe
            && at > start
            && at + 1 < text.length()
            && Character.isLetter(text.charAt(at + 1)));
  }
}
