package dev.engram.bench;

import dev.engram.spi.Embedder;
import dev.engram.spi.EmbedderIdentity;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A stand-in for a model that costs nothing: each word has a direction by its hash, and a text is
 * the unit sum of its words, each with its {@link Talk#weight}; half of a word's direction is that
 * of its topic. As with the vectors of real models, most of the variance lies in few dimensions:
 * {@value #LATENT} of {@value #DIMENSION}. Thread-safe.
 */
final class WordEmbedder implements Embedder {
  private static final int DIMENSION = 384;
  private static final int LATENT = 32;

  /** Deviation of what is not in the few dimensions; that of each of them is 1. */
  private static final double NOISE = 0.1;

  private static final float[][] AXES = axes();

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
    Random own = new Random(word.hashCode());
    Random topic = new Random(Talk.topic(word));
    boolean hasTopic = Talk.topic(word) >= 0;
    double weight = Talk.weight(word);
    float[] direction = new float[DIMENSION];
    for (float[] axis : AXES) {
      double length = own.nextGaussian() + (hasTopic ? topic.nextGaussian() : 0);
      for (int i = 0; i < DIMENSION; i++) {
        direction[i] += (float) (weight * length * axis[i]);
      }
    }
    for (int i = 0; i < DIMENSION; i++) {
      direction[i] += (float) (weight * NOISE * own.nextGaussian());
    }
    return direction;
  }

  /** Directions of about unit length, about at right angles. */
  private static float[][] axes() {
    Random random = new Random(1);
    float[][] axes = new float[LATENT][DIMENSION];
    for (float[] axis : axes) {
      for (int i = 0; i < DIMENSION; i++) {
        axis[i] = (float) (random.nextGaussian() / Math.sqrt(DIMENSION));
      }
    }
    return axes;
  }
}
