package dev.engram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.text.Normalizer;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ContentTextTest {
  @Test
  void leavesAPlainTextAlone() {
    String text = "Alice prefers green tea";
    assertSame(text, ContentText.normalised(text));
  }

  @Test
  void collapsesWhiteSpaceAndComposesCharacters() {
    assertEquals("a b c", ContentText.normalised("\n a\t\tb \r\n c  "));
    assertEquals("caf\u00e9", ContentText.normalised("cafe\u0301"));
    assertEquals("", ContentText.normalised(" \u000b\f "));
  }

  @Test
  void agreesWithItsDefinitionOnRandomTexts() {
    Random random = new Random(7);
    char[] alphabet = {
      'a', 'e', ' ', ' ', '\t', '\n', '\r', '\u000b', '\u0301', '\u00a0', '\u2003'
    };
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(12); i > 0; i--) {
        text.append(alphabet[random.nextInt(alphabet.length)]);
      }
      assertEquals(defined(text.toString()), ContentText.normalised(text.toString()));
    }
  }

  private static String defined(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFC).strip().replaceAll("\\s+", " ");
  }
}
