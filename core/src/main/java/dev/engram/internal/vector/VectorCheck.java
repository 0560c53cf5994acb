package dev.engram.internal.vector;

import dev.engram.InvalidInputException;
import dev.engram.Limits;
import dev.engram.Metric;

/** Refuses vectors that cannot be stored or searched for. Stateless. */
public final class VectorCheck {
  private VectorCheck() {}

  /**
   * Checks a vector or a query: its dimension, that every component is finite, and under cosine
   * that it has a direction.
   *
   * @throws InvalidInputException naming the dimension or the index of the first bad component
   */
  public static void check(float[] vector, int dimension, Metric metric) {
    if (vector.length != dimension) {
      throw new InvalidInputException(
          "vector refused: dimension="
              + vector.length
              + ", expected="
              + dimension
              + "; give vectors of the collection's dimension");
    }
    boolean zero = true;
    for (int i = 0; i < vector.length; i++) {
      if (!Float.isFinite(vector[i])) {
        throw notFinite(vector, i);
      }
      zero &= vector[i] == 0f;
    }
    if (zero && metric == Metric.COSINE) {
      throw new InvalidInputException(
          "vector refused: norm=0, dimension="
              + dimension
              + ", metric=COSINE; a zero vector has no direction, leave it out or use another"
              + " metric");
    }
  }

  /**
   * Checks the dimension of a new collection.
   *
   * @throws InvalidInputException unless it is between 1 and {@link Limits#MAX_DIMENSION}
   */
  public static void checkDimension(int dimension) {
    if (dimension < 1 || dimension > Limits.MAX_DIMENSION) {
      throw new InvalidInputException(
          "dimension refused: dimension="
              + dimension
              + ", max="
              + Limits.MAX_DIMENSION
              + "; give a dimension between 1 and max");
    }
  }

  private static InvalidInputException notFinite(float[] vector, int index) {
    return new InvalidInputException(
        "vector refused: component="
            + index
            + ", value="
            + vector[index]
            + ", dimension="
            + vector.length
            + "; every component must be finite");
  }
}
