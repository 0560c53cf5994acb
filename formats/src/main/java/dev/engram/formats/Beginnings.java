package dev.engram.formats;

import java.nio.charset.StandardCharsets;

/** How files begin, as far as forms of text are told by it. Static functions only. */
final class Beginnings {
  private Beginnings() {}

  /** The beginning as text, without a byte order mark and white space before it. */
  static String text(byte[] beginning) {
    String text = new String(beginning, StandardCharsets.UTF_8);
    return (text.startsWith("\ufeff") ? text.substring(1) : text).stripLeading();
  }

  /** The same without any white space, and so whatever its layout. */
  static String dense(byte[] beginning) {
    return text(beginning).replaceAll("\\s+", "");
  }
}
