package dev.engram.bench;

import dev.engram.spi.Embedder;
import dev.engram.spi.EmbedderIdentity;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A stand-in for a model that costs nothing: each word has a direction by its hash, and a text is
 * the unit sum of its words, each with its {@link Talk#weight}. Thread-safe.
 */
final class WordEmbedder implements Embedder {
  private static final int DIMENSION = 384;

  private final Map<String, float[]> directions = new ConcurrentHashMap<>();

  @Override
  public EmbedderIdentity identity() {
    return new EmbedderIdentity("bench", "words", DIMENSION, true);
  }

  @Override
  public List<float[]> embed(List<String> texts) {
    return texts.parallelStream().map(this::vector).toList();
  }

  private float[] vector(String text) {
    float[] sum = new float[DIMENSION];
    for (String word : text.split("[^\\p{L}\\p{N}]+", -1)) {
      float[] direction = directions.computeIfAbsent(word, WordEmbedder::direction);
      for (int i = 0; i < DIMENSION; i++) {
        sum[i] += direction[i];
      }
    }
    double squares = 0;
    for (float x : sum) {
      squares += x * x;
    }
    for (int i = 0; i < DIMENSION; i++) {
      sum[i] /= (float) Math.sqrt(squares);
    }
    return sum;
  }

  private static float[] direction(String word) {
    Random random = new Random(word.hashCode());
    double weight = Talk.weight(word);
    float[] direction = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      direction[i] = (float) (weight * random.nextGaussian());
    }
    return direction;
  }
}
