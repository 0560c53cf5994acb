package dev.engram.internal.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.IndexInfo;
import dev.engram.Metric;
import dev.engram.Quantization;
import dev.engram.SearchPlan.VectorPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An index under the Manhattan metric misses nothing, wherever its vectors are. */
class ManhattanIndexTest {
  private static final long SEED = Long.getLong("engram.seed", System.nanoTime());
  private static final int DIMENSION = 200;
  private static final int COUNT = 40_000;

  @TempDir Path directory;
  private final Random random = new Random(SEED);
  private final float[][] rows = new float[COUNT][];
  private final FlatVectorIndex exact = new FlatVectorIndex(DIMENSION, Metric.MANHATTAN);

  @Test
  void findsWhatAnExactIndexFindsAndIsFoundAgain() throws IOException {
    PartitionedVectorIndex index = open();
    fill(index);
    assertSame(index);
    for (int i = 0; i < COUNT; i += 3) {
      assertTrue(index.remove(i));
      assertTrue(exact.remove(i));
    }
    assertSame(index);
    index.flush(true);
    index.improve(true);
    assertSame(index);
    IndexInfo info = index.info(.95);
    assertEquals(0, info.partitioned());
    assertEquals(0, info.outdated());
    assertEquals(1, info.measuredRecall());
    assertEquals(Quantization.NONE, info.quantization());
    assertTrue(info.settled());
    PartitionedVectorIndex again = open();
    again.retain(ordinal -> ordinal % 3 != 0);
    assertTrue(again.size() > COUNT / 2, "size=" + again.size());
    BitSet coded = again.coded();
    for (int i = 0; i < COUNT; i++) {
      if (i % 3 != 0 && !coded.get(i)) {
        again.put(i, rows[i]);
      }
    }
    assertSame(again);
    assertTrue(again.holds(1, rows[1]) && !again.holds(1, rows[2]) && !again.holds(3, rows[3]));
  }

  private void fill(PartitionedVectorIndex index) {
    for (int i = 0; i < COUNT; i++) {
      rows[i] = vector();
      index.put(i, rows[i]);
      exact.put(i, rows[i]);
      if (index.isFull()) {
        index.flush(false);
        index.improve(false);
        assertTrue(!index.isOverfull());
      }
    }
  }

  private void assertSame(PartitionedVectorIndex index) {
    int[] some = random.ints(0, COUNT).distinct().limit(500).sorted().toArray();
    Set<Integer> set = new HashSet<>();
    Arrays.stream(some).forEach(set::add);
    for (Selection selection :
        List.of(
            Selection.ALL,
            Selection.where(ordinal -> ordinal % 2 == 0),
            new Selection(set::contains, some.length, () -> some))) {
      float[] query = vector();
      SearchTrace trace = new SearchTrace();
      Hits truth = exact.search(query, 20, selection, 1);
      Hits hits = index.search(query, VectorIndex.Request.best(20, selection, .5), trace);
      assertArrayEquals(truth.ordinals(), hits.ordinals(), "seed=" + SEED);
      assertArrayEquals(truth.scores(), hits.scores(), "seed=" + SEED);
      assertEquals(selection.size() == 500 ? VectorPlan.MATCHES : VectorPlan.FLAT, trace.plan());
    }
  }

  private float[] vector() {
    float[] vector = new float[DIMENSION];
    for (int j = 0; j < DIMENSION; j++) {
      vector[j] = (float) random.nextGaussian();
    }
    return vector;
  }

  private PartitionedVectorIndex open() {
    SegmentDirectory files = new SegmentDirectory(directory, new Sole(), false);
    return new PartitionedVectorIndex(
        DIMENSION, Metric.MANHATTAN, () -> Quantization.BITS_8, files, this::originals, 2);
  }

  private List<float @Nullable []> originals(int[] ordinals) {
    List<float @Nullable []> found = new ArrayList<>();
    for (int ordinal : ordinals) {
      found.add(rows[ordinal]);
    }
    return found;
  }

  private record Sole() implements SegmentDirectory.Owner {
    @Override
    public String seal() {
      return "log";
    }

    @Override
    public boolean accepts(String words) {
      return words.equals(seal());
    }
  }
}
