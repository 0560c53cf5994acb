package dev.engram.internal.recall;

import dev.engram.RecallProfile;
import dev.engram.internal.vector.VectorKernels;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The cosine of the question and a memory's vector mixed with those of its neighbours: MI(d) = q ·
 * m, m = norm(v(d) + Σ weight(k) · v(d + k)). Nothing mixed is stored: the neighbours' weights are
 * those of the context, and without a context it is the plain cosine. Not thread-safe.
 */
public final class Similarity implements Measure {
  private final Scene scene;
  private final List<Double> before;
  private final List<Double> after;
  private final float[] question;
  private final float[] @Nullable [] vectors;
  private final double[] measured;

  /** The vector that is being measured. */
  private final float[] mixed;

  private final VectorKernels kernels = VectorKernels.best();

  /**
   * @param question of unit length
   * @param vectors by row, of unit length; null where a memory has none, or is not to be measured
   */
  public Similarity(
      Scene scene, RecallProfile profile, float[] question, float[] @Nullable [] vectors) {
    this.scene = scene;
    this.before = profile.before();
    this.after = profile.after();
    this.question = question;
    this.vectors = vectors;
    this.measured = new double[scene.size()];
    this.mixed = new float[question.length];
    java.util.Arrays.fill(measured, Double.NaN);
  }

  @Override
  public double of(int row) {
    if (Double.isNaN(measured[row])) {
      measured[row] = measure(row);
    }
    return measured[row];
  }

  /** Whoever asks for the nearest wants them however far they are. */
  @Override
  public boolean finds(int row) {
    return vectors[row] != null;
  }

  private double measure(int row) {
    float[] own = vectors[row];
    if (own == null) {
      return 0;
    }
    if (before.isEmpty() && after.isEmpty()) {
      return kernels.dot(question, own);
    }
    System.arraycopy(own, 0, mixed, 0, own.length);
    for (int steps = 1; steps <= before.size(); steps++) {
      add(scene.before(row, steps), before.get(steps - 1));
    }
    for (int steps = 1; steps <= after.size(); steps++) {
      add(scene.after(row, steps), after.get(steps - 1));
    }
    float norm = kernels.norm(mixed);
    return norm == 0 ? 0 : kernels.dot(question, mixed) / norm;
  }

  private void add(int row, double weight) {
    float[] other = row == Chronicle.NONE ? null : vectors[row];
    if (other != null) {
      for (int i = 0; i < mixed.length; i++) {
        mixed[i] += (float) weight * other[i];
      }
    }
  }
}
