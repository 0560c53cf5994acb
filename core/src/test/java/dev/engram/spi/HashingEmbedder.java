package dev.engram.spi;

import dev.engram.internal.vector.VectorKernels;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * For tests: each word gives a direction by its hash, and a text is the unit sum of its words.
 * Texts that share words are similar; the same text always gives the same vector. Thread-safe.
 */
public final class HashingEmbedder implements Embedder {
  private final int dimension;

  /** An embedder of any dimension; 64 or more keep unrelated words apart. */
  public HashingEmbedder(int dimension) {
    this.dimension = dimension;
  }

  @Override
  public EmbedderIdentity identity() {
    return new EmbedderIdentity("hashing", "words", dimension, true);
  }

  @Override
  public List<float[]> embed(List<String> texts) {
    return texts.stream().map(this::vector).toList();
  }

  private float[] vector(String text) {
    float[] sum = new float[dimension];
    for (String word : text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+", -1)) {
      Random direction = new Random(word.hashCode());
      for (int i = 0; i < dimension; i++) {
        sum[i] += (float) direction.nextGaussian();
      }
    }
    return VectorKernels.normalised(sum);
  }
}
