package dev.engram.internal.engine;

import dev.engram.Metadata;
import dev.engram.Scope;
import dev.engram.internal.format.Digest;
import dev.engram.internal.format.Keys;
import java.text.Normalizer;
import java.util.List;

/** The form of a memory's content by which duplicates are found. Does not fold case. */
final class ContentText {
  /** Every text of smaller characters is in NFC. */
  private static final char FIRST_COMBINING_MARK = 0x300;

  private static final List<String> SCOPES =
      List.of(Scope.USER, Scope.AGENT, Scope.SESSION, Scope.SPEAKER);

  private ContentText() {}

  /**
   * The key of a memory's row of {@code content}. Memories of different users, agents, sessions or
   * speakers are no duplicates of each other.
   */
  static byte[] key(int space, String text, Metadata metadata) {
    StringBuilder content = new StringBuilder(normalised(text));
    for (String scope : SCOPES) {
      Object value = metadata.asMap().get(scope);
      if (value != null) {
        content.append('\0').append(scope).append('\0').append(value);
      }
    }
    return Keys.digest(space, Digest.of(content.toString()));
  }

  /** Unicode NFC, without white space at its ends, every other run of it one blank. */
  static String normalised(String text) {
    return collapsed(composed(text).strip());
  }

  private static String composed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= FIRST_COMBINING_MARK) {
        return Normalizer.normalize(text, Normalizer.Form.NFC);
      }
    }
    return text;
  }

  private static String collapsed(String text) {
    int changed = firstChange(text);
    if (changed == text.length()) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length()).append(text, 0, changed);
    boolean blank = false;
    for (int i = changed; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isSpace(c)) {
        out.append(c);
      } else if (!blank) {
        out.append(' ');
      }
      blank = isSpace(c);
    }
    return out.toString();
  }

  /** Where the first run of white space begins that is not one blank. */
  private static int firstChange(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isSpace(c) && (c != ' ' || (i + 1 < text.length() && isSpace(text.charAt(i + 1))))) {
        return i;
      }
    }
    return text.length();
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}
