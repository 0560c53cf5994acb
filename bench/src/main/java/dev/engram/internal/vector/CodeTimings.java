package dev.engram.internal.vector;

import dev.engram.Quantization;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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
 * What the kernels of codes cost for one vector: those that this JVM chooses. The codes lie off the
 * heap and are more than the caches nearest to the processor hold. Before anything is measured, the
 * chosen kernels and the scalar ones have to agree.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH prepares before it measures.
public class CodeTimings {
  private static final int VECTORS = 1 << 15;
  private static final int BLOCKS = VECTORS / CodeLayout.LANES;

  /** Vectors that are coded or rotated in turn. */
  private static final int SAMPLE = 64;

  /** Vectors that are ranked in turn. */
  private static final int RANKED = 512;

  private static final int WANTED = 200;

  /** Components of a vector. */
  @Param({"384", "768"})
  int dimension;

  private final CodeKernels kernels = CodeKernels.best();
  private CodeLayout layout;
  private Rotation rotation;
  private Code code;
  private CodedQuery query;
  private float[] out;
  private float[][] vectors;
  private float[][] rotated;
  private float[] centroid;
  private MemorySegment blocks;
  private MemorySegment rows;
  private float bound;
  private final Candidates found = new Candidates();

  /** Codes vectors, and compares the kernels. */
  @Setup
  public void prepare() {
    SplittableRandom random = new SplittableRandom(1);
    rotation = new Rotation(dimension);
    layout = new CodeLayout(rotation.padded(), Quantization.BITS_8);
    code = new Code(layout);
    query = new CodedQuery(rotation.padded());
    out = new float[rotation.padded()];
    vectors = new float[SAMPLE][];
    rotated = new float[SAMPLE][];
    for (int i = 0; i < SAMPLE; i++) {
      vectors[i] = KernelAnswers.vector(random, dimension);
      rotated[i] = rotation.of(vectors[i]);
    }
    centroid = rotation.of(KernelAnswers.vector(random, dimension));
    rotation.of(KernelAnswers.vector(random, dimension), 0, query.rotated);
    query.quantise();
    encodeAll(random);
    KernelAnswers.agree(kernels, layout, blocks, rows, query);
    KernelAnswers.agree(kernels, rotated[0], centroid);
    bound = worstOfTheBest();
  }

  private void encodeAll(SplittableRandom random) {
    blocks = Arena.ofAuto().allocate((long) BLOCKS * layout.blockBytes(), 64);
    rows = Arena.ofAuto().allocate((long) VECTORS * layout.rowBytes(), 64);
    for (int i = 0; i < VECTORS; i++) {
      code.encode(rotation.of(KernelAnswers.vector(random, dimension)), centroid, 0, true);
      long block = (long) (i / CodeLayout.LANES) * layout.blockBytes();
      layout.put(blocks, block, i % CodeLayout.LANES, code, i);
      layout.putRow(rows, (long) i * layout.rowBytes(), code);
    }
  }

  /** A search knows a bound soon: of the vectors of a scan few are below it. */
  private float worstOfTheBest() {
    found.begin(WANTED);
    kernels.scan(blocks, layout, 0, BLOCKS, query, 0, 0, Selection.Every.ORDINAL, found);
    found.finish();
    return found.bound;
  }

  /** Scans one-bit codes. */
  @Benchmark
  @OperationsPerInvocation(VECTORS)
  public Object scan() {
    found.begin(WANTED);
    found.bound = bound;
    kernels.scan(blocks, layout, 0, BLOCKS, query, 0, 0, Selection.Every.ORDINAL, found);
    return found;
  }

  /** Ranks by eight-bit codes that are in the cache. */
  @Benchmark
  @OperationsPerInvocation(RANKED)
  public float key() {
    float sum = 0;
    for (int i = 0; i < RANKED; i++) {
      sum += kernels.key(rows, layout, (long) i * layout.rowBytes(), query);
    }
    return sum;
  }

  /** Quantises a query. */
  @Benchmark
  public Object quantise() {
    query.quantise();
    return query;
  }

  /** Makes both codes of a vector. */
  @Benchmark
  @OperationsPerInvocation(SAMPLE)
  public Object encode() {
    for (float[] vector : rotated) {
      code.encode(vector, centroid, 0, true);
    }
    return code;
  }

  /** Rotates a vector. */
  @Benchmark
  @OperationsPerInvocation(SAMPLE)
  public Object rotate() {
    for (float[] vector : vectors) {
      rotation.of(vector, 0, out);
    }
    return out;
  }
}
