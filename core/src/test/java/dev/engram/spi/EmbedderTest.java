package dev.engram.spi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.InvalidInputException;
import dev.engram.Limits;
import dev.engram.NotFoundException;
import java.util.List;
import org.junit.jupiter.api.Test;

class EmbedderTest {
  @Test
  void aQueryIsEmbeddedLikeADocumentByDefault() {
    try (Embedder embedder = new HashingEmbedder(16)) {
      float[] document = embedder.embed(List.of("green tea")).getFirst();
      assertArrayEquals(document, embedder.embedQuery("green tea"));
      assertEquals(embedder.identity().dimension(), document.length);
    }
  }

  @Test
  void anIdentityIsRefusedWithoutNamesOrWithinNoLimit() {
    assertThrows(InvalidInputException.class, () -> new EmbedderIdentity(" ", "model", 1, true));
    assertThrows(InvalidInputException.class, () -> new EmbedderIdentity("provider", "", 1, true));
    assertThrows(
        InvalidInputException.class, () -> new EmbedderIdentity("provider", "model", 0, true));
    int tooMany = Limits.MAX_DIMENSION + 1;
    assertThrows(
        InvalidInputException.class,
        () -> new EmbedderIdentity("provider", "model", tooMany, true));
  }

  @Test
  void anUnknownProviderIsNotFound() {
    String message =
        assertThrows(NotFoundException.class, () -> EmbedderProvider.load("oracle:delphi"))
            .getMessage();
    assertTrue(message.contains("name=oracle"), message);
  }
}
