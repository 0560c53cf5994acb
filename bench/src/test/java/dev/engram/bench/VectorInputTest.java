package dev.engram.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.engram.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VectorInputTest {
  @TempDir Path folder;

  private static Options options(String... words) {
    return new Options(
        List.of(words),
        Set.of("--quick"),
        Set.of("--u8", "--dimension", "--count", "--metric", "--queries", "--text", "--cache"));
  }

  @Test
  void takesTheRowsAfterTheBaseAsQueries() throws IOException {
    byte[] bytes = new byte[4_000 * 2];
    for (int i = 0; i < 4_000; i++) {
      bytes[2 * i] = (byte) (i >> 8);
      bytes[2 * i + 1] = (byte) i;
    }
    String file = Files.write(folder.resolve("v.u8"), bytes).toString();
    Vectors all = VectorInput.of(options("--u8", file, "--dimension", "2"));
    assertEquals(Metric.EUCLIDEAN, all.metric());
    assertEquals(3_000, all.count());
    assertArrayEquals(new float[] {3_000 >> 8, 3_000 & 0xFF}, all.queries()[0]);
    Vectors some = VectorInput.of(options("--u8", file, "--dimension", "2", "--count", "1500"));
    assertEquals(1_500, some.count());
    assertArrayEquals(new float[] {1_500 >> 8, 1_500 & 0xFF}, some.queries()[0]);
  }

  @Test
  void scalesToUnitLengthUnderTheCosineOnly() throws IOException {
    byte[] bytes = new byte[2_000 * 2];
    Arrays.fill(bytes, (byte) 3);
    String file = Files.write(folder.resolve("v.u8"), bytes).toString();
    Vectors dot = VectorInput.of(options("--u8", file, "--dimension", "2", "--metric", "dot"));
    assertEquals(3, dot.base()[0][0]);
    Vectors cosine =
        VectorInput.of(options("--u8", file, "--dimension", "2", "--metric", "cosine"));
    assertEquals(Math.sqrt(.5), cosine.base()[0][0], 1e-6);
    assertEquals(Math.sqrt(.5), cosine.queries()[0][1], 1e-6);
  }

  @Test
  void readsDistinctLinesFromTheCacheWithoutTheModel() throws IOException {
    List<String> lines = new ArrayList<>();
    List<float[]> vectors = new ArrayList<>();
    for (int i = 0; i < 2_500; i++) {
      lines.add("text " + i);
      lines.add(i % 2 == 0 ? "" : "text " + i);
      vectors.add(new float[] {i, 1});
    }
    Path texts = Files.write(folder.resolve("texts"), lines);
    Path cache = folder.resolve("texts.fvecs");
    VectorFile.append(cache, vectors);
    Vectors read =
        VectorInput.of(
            options(
                "--text", texts.toString(), "--cache", cache.toString(), "--metric", "euclidean"));
    assertEquals(1_500, read.count());
    assertEquals(Vectors.QUERIES, read.queries().length);
    assertArrayEquals(new float[] {1_500, 1}, read.queries()[0]);
    Vectors some =
        VectorInput.of(
            options("--text", texts.toString(), "--cache", cache.toString(), "--count", "1200"));
    assertEquals(1_200, some.count());
    assertEquals(1_500, some.queries()[0][0] / some.queries()[0][1], .1);
  }

  @Test
  void makesTheSameVectorsAgainAndForeignQueriesOnRequest() throws IOException {
    Options in = options("--count", "50", "--dimension", "16");
    Vectors once = VectorInput.of(in);
    Vectors again = VectorInput.of(in);
    Vectors foreign =
        VectorInput.of(options("--count", "50", "--dimension", "16", "--queries", "out"));
    assertArrayEquals(once.base()[49], again.base()[49]);
    assertArrayEquals(once.queries()[7], again.queries()[7]);
    assertArrayEquals(once.base()[49], foreign.base()[49]);
    assertFalse(Arrays.equals(once.queries()[7], foreign.queries()[7]));
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertThrows(IllegalArgumentException.class, () -> options("--cuont", "5"));
    assertThrows(IllegalArgumentException.class, () -> options("--count"));
    Options metric = options("--metric", "manhattan", "--count", "10");
    assertThrows(IllegalArgumentException.class, () -> VectorInput.of(metric));
  }
}
