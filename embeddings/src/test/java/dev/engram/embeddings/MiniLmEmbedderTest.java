package dev.engram.embeddings;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.ClosedException;
import dev.engram.InvalidInputException;
import dev.engram.spi.Embedder;
import dev.engram.spi.EmbedderIdentity;
import dev.engram.spi.EmbedderProvider;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MiniLmEmbedderTest {
  private final MiniLmEmbedder embedder = new MiniLmEmbedder();

  @Test
  void isFoundByNameAndKnowsItsIdentityWithoutLoading() {
    try (Embedder found = EmbedderProvider.load("minilm")) {
      assertInstanceOf(MiniLmEmbedder.class, found);
      EmbedderIdentity expected = new EmbedderIdentity("minilm", "all-minilm-l6-v2-q", 384, true);
      assertEquals(expected, found.identity());
    }
    assertThrows(InvalidInputException.class, () -> EmbedderProvider.load("minilm:large"));
  }

  @Test
  void similarTextsGetSimilarUnitVectors() {
    embedder.warmUp();
    List<float[]> vectors = embedder.embed(List.of("football", "soccer", "a tax return"));
    for (float[] vector : vectors) {
      assertEquals(384, vector.length);
      assertEquals(1.0, dot(vector, vector), 1e-4);
    }
    double near = dot(vectors.get(0), vectors.get(1));
    double far = dot(vectors.get(0), vectors.get(2));
    assertTrue(near > 0.6 && far < 0.3, "near=" + near + ", far=" + far);
  }

  @Test
  void aTextGetsTheSameVectorAloneAndInABatch() {
    List<String> texts = IntStream.range(0, 40).mapToObj(i -> "note number " + i).toList();
    List<float[]> batch = embedder.embed(texts);
    assertEquals(40, batch.size());
    assertArrayEquals(embedder.embedQuery("note number 33"), batch.get(33), 1e-5f);
  }

  @Test
  void everyPartOfALongTextCounts() {
    String filler = "The committee met again and adjourned without a decision. ".repeat(80);
    float[] plain = embedder.embedQuery(filler);
    float[] ending = embedder.embedQuery(filler + "Penguins swim in cold water. ".repeat(40));
    float[] penguins = embedder.embedQuery("penguins in the sea");
    assertEquals(1.0, dot(ending, ending), 1e-4);
    assertTrue(dot(ending, penguins) > dot(plain, penguins) + 0.1);
  }

  @Test
  void refusesBlankTextsByIndexAndTakesNone() {
    assertEquals(List.of(), embedder.embed(List.of()));
    List<String> texts = List.of("fine", " \n");
    String message =
        assertThrows(InvalidInputException.class, () -> embedder.embed(texts)).getMessage();
    assertTrue(message.contains("index=1"), message);
  }

  @Test
  void refusesTextsThatHoldNoToken() {
    assertThrows(InvalidInputException.class, () -> embedder.embedQuery("\u200b"));
    assertThrows(InvalidInputException.class, () -> embedder.embedQuery(""));
  }

  @Test
  void aClosedEmbedderRefusesTexts() {
    MiniLmEmbedder closed = new MiniLmEmbedder();
    closed.close();
    assertThrows(ClosedException.class, () -> closed.embedQuery("late"));
    assertThrows(ClosedException.class, closed::warmUp);
  }

  @Test
  void leavesTheSystemPropertiesAsTheyWere() {
    embedder.warmUp();
    assertNull(System.getProperty("onnxruntime.native.path"));
    assertNull(System.getProperty("RUST_LIBRARY_PATH"));
    assertNull(System.getProperty("OPT_OUT_TRACKING"));
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
