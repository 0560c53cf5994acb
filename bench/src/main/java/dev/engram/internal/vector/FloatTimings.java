package dev.engram.internal.vector;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What comparing two vectors as they were given costs: by the kernels that this JVM chooses, on
 * vectors that are in the cache. Before anything is measured they have to agree with the scalar
 * ones.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH prepares before it measures.
public class FloatTimings {
  private static final int VECTORS = 64;

  /** Components of a vector. */
  @Param({"384", "768"})
  int dimension;

  private final VectorKernels kernels = VectorKernels.best();
  private float[] query;
  private float[] vectors;

  /** Makes vectors, and compares the kernels. */
  @Setup
  public void prepare() {
    SplittableRandom random = new SplittableRandom(1);
    query = KernelAnswers.vector(random, dimension);
    vectors = KernelAnswers.vector(random, VECTORS * dimension);
    VectorKernels scalar = new ScalarKernels();
    for (int at = 0; at < vectors.length; at += dimension) {
      float dot = kernels.dot(query, 0, vectors, at, dimension);
      KernelAnswers.same("dot", dot, scalar.dot(query, 0, vectors, at, dimension));
      float squares = kernels.squaredDistance(query, 0, vectors, at, dimension);
      KernelAnswers.same(
          "squaredDistance", squares, scalar.squaredDistance(query, 0, vectors, at, dimension));
    }
  }

  /** Inner products. */
  @Benchmark
  @OperationsPerInvocation(VECTORS)
  public float dot() {
    float sum = 0;
    for (int at = 0; at < vectors.length; at += dimension) {
      sum += kernels.dot(query, 0, vectors, at, dimension);
    }
    return sum;
  }

  /** Squared distances. */
  @Benchmark
  @OperationsPerInvocation(VECTORS)
  public float squaredDistance() {
    float sum = 0;
    for (int at = 0; at < vectors.length; at += dimension) {
      sum += kernels.squaredDistance(query, 0, vectors, at, dimension);
    }
    return sum;
  }
}
