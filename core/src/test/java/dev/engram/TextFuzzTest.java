package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.testing.Fuzzing;
import org.junit.jupiter.api.Test;

/** Texts that somebody gives, of which nobody knows what they are. */
class TextFuzzTest {
  @Test
  void filters() {
    Fuzzing.ofTexts(
            "filter",
            InvalidInputException.class,
            "year >= 2020 and not (user = 'alice' or \"a b\" in (1, -2.5e3, true))",
            "exists(a.b) and missing(c) or text(note, 'green tea')",
            "at < @2024-05-01T00:00:00Z and x not in ('it''s', false)",
            "not not not ((((a == 9223372036854775807))))",
            "all")
        .inputs(3_000)
        .runTexts(text -> {
          boolean _ = Filter.parse(text).matches(Metadata.of("year", 2021, "a b", 1));
        });
  }

  @Test
  void idsAreReadBackAsTheyAreWritten() {
    Fuzzing.ofTexts(
            "id",
            InvalidInputException.class,
            "a",
            "text:7",
            "18446744073709551615",
            "0199c0de-0000-7000-8000-000000000001",
            "x".repeat(Limits.MAX_ID_BYTES))
        .inputs(600)
        .runTexts(text -> {
          RecordId id = RecordId.parse(text);
          assertEquals(id, RecordId.parse(id.toString()));
        });
  }

  @Test
  void headsOfTheAuditLog() {
    Fuzzing.ofTexts("audit head", InvalidInputException.class, "5:" + "0a".repeat(32))
        .runTexts(text -> {
          AuditHead head = AuditHead.parse(text);
          assertEquals(head, AuditHead.parse(head.toString()));
        });
  }

  @Test
  void keyrings() {
    String key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    Fuzzing.ofTexts(
            "keyring", EncryptionException.class, "# keys\n" + key + "\r\n" + key, key + "," + key)
        .runTexts(text -> assertEquals(16, Keyring.of(text).current().length()));
  }

  @Test
  void cursorsOfScans() {
    try (Engram engram = Engram.inMemory()) {
      MemorySpace space = engram.space("s");
      for (int i = 0; i < 5; i++) {
        Memory _ = space.learn("memory " + i);
      }
      String cursor = space.scan(Scan.first().limit(2)).next().orElseThrow();
      Fuzzing.ofTexts("cursor", InvalidInputException.class, cursor)
          .runTexts(text -> {
            Page<Memory> page = space.scan(Scan.first().after(text));
            assertTrue(page.items().size() <= 5);
          });
    }
  }
}
