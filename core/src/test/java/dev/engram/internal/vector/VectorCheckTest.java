package dev.engram.internal.vector;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.InvalidInputException;
import dev.engram.Limits;
import dev.engram.Metric;
import org.junit.jupiter.api.Test;

class VectorCheckTest {
  @Test
  void namesBothDimensionsWhenTheyDiffer() {
    assertRefused(new float[3], 4, Metric.DOT, "dimension=3", "expected=4");
  }

  @Test
  void namesTheFirstComponentThatIsNotFinite() {
    assertRefused(new float[] {1, Float.NaN, 0}, 3, Metric.DOT, "component=1", "NaN");
    assertRefused(
        new float[] {1, 0, Float.NEGATIVE_INFINITY},
        3,
        Metric.EUCLIDEAN,
        "component=2",
        "-Infinity",
        "dimension=3");
  }

  @Test
  void refusesAZeroVectorUnderCosineOnly() {
    assertRefused(new float[] {0, -0f}, 2, Metric.COSINE, "norm=0", "COSINE");
    assertDoesNotThrow(() -> VectorCheck.check(new float[2], 2, Metric.DOT));
    assertDoesNotThrow(() -> VectorCheck.check(new float[2], 2, Metric.EUCLIDEAN));
  }

  @Test
  void takesTheSmallestAndLargestFiniteComponents() {
    float[] vector = {Float.MIN_VALUE, Float.MAX_VALUE};
    assertDoesNotThrow(() -> VectorCheck.check(vector, 2, Metric.COSINE));
  }

  @Test
  void takesDimensionsUpToTheLimitAndNoMore() {
    assertDoesNotThrow(() -> VectorCheck.checkDimension(1));
    assertDoesNotThrow(() -> VectorCheck.checkDimension(Limits.MAX_DIMENSION));
    assertThrows(InvalidInputException.class, () -> VectorCheck.checkDimension(0));
    assertThrows(
        InvalidInputException.class, () -> VectorCheck.checkDimension(Limits.MAX_DIMENSION + 1));
  }

  private static void assertRefused(float[] vector, int dimension, Metric metric, String... parts) {
    String message =
        assertThrows(
                InvalidInputException.class, () -> VectorCheck.check(vector, dimension, metric))
            .getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
  }
}
