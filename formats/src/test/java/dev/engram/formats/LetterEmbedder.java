package dev.engram.formats;

import dev.engram.spi.Embedder;
import dev.engram.spi.EmbedderIdentity;
import java.util.List;

/** Counts letters: no model is needed to make vectors. */
record LetterEmbedder(String model) implements Embedder {
  @Override
  public EmbedderIdentity identity() {
    return new EmbedderIdentity("letters", model, 8, false);
  }

  @Override
  public List<float[]> embed(List<String> texts) {
    return texts.stream().map(LetterEmbedder::vector).toList();
  }

  private static float[] vector(String text) {
    float[] vector = new float[8];
    vector[0] = 1;
    text.chars().forEach(c -> vector[c % 8] += .1f);
    return vector;
  }
}
