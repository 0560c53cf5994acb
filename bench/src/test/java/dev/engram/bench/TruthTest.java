package dev.engram.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.engram.Metric;
import dev.engram.bench.Truth.Rows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TruthTest {
  private static final float[][] LINE = {{0}, {1}, {2}, {3}, {3}, {9}};
  private static final float[][] QUERIES = {{0}, {3.1f}};

  @TempDir Path folder;

  @Test
  void countsDistinctHitsThatAreNearEnough() {
    Truth truth = Truth.of(Rows.of(LINE), Scores.DISTANCE, QUERIES, null, 2);
    assertEquals(2, truth.wanted(0));
    assertEquals(2, truth.right(0, new int[] {1, 0}));
    assertEquals(1, truth.right(0, new int[] {1, 1}));
    assertEquals(1, truth.right(0, new int[] {1, 5}));
    assertEquals(0, truth.right(0, new int[] {}));
  }

  @Test
  void takesAnyOfEquallyNearOnes() {
    Truth truth = Truth.of(Rows.of(LINE), Scores.DISTANCE, QUERIES, null, 1);
    assertEquals(1, truth.right(1, new int[] {3}));
    assertEquals(1, truth.right(1, new int[] {4}));
    assertEquals(1, truth.right(1, new int[] {3, 4}));
  }

  @Test
  void countsOnlyWhatIsAllowed() {
    BitSet allowed = new BitSet();
    allowed.set(2);
    Truth truth = Truth.of(Rows.of(LINE), Scores.DISTANCE, QUERIES, allowed, 3);
    assertEquals(1, truth.wanted(0));
    assertEquals(1, truth.right(0, new int[] {0, 1, 2}));
    assertEquals(0, truth.right(0, new int[] {0, 1}));
  }

  @Test
  void agreesWithRowsOfAMappedFile() throws IOException {
    Random random = new Random(5);
    float[][] base = new float[700][8];
    for (float[] row : base) {
      for (int j = 0; j < row.length; j++) {
        row[j] = (float) random.nextGaussian();
      }
    }
    int[] next = {0};
    Path file = folder.resolve("rows");
    try (MappedRows rows = MappedRows.write(file, base.length, 8, () -> base[next[0]++])) {
      float[][] queries = {base[3], base[600]};
      Truth truth = Truth.of(rows, Scores.DOT, queries, null, 10);
      BruteForce brute = new BruteForce(new Vectors("", Metric.DOT, base, queries));
      brute.build(base);
      assertEquals(10, truth.right(0, brute.asking(10, 1).nearest(queries[0])));
      assertEquals(10, truth.right(1, brute.asking(10, 1).nearest(queries[1])));
    }
  }

  @Test
  void choosesAsManyAsTheShareSays() {
    Subset subset = Subset.of(.2, 1_000, 7);
    assertEquals(200, subset.size());
    assertEquals(800, subset.others(1_000).cardinality());
    assertEquals(subset.ordinals(), Subset.of(.2, 1_000, 7).ordinals());
  }
}
