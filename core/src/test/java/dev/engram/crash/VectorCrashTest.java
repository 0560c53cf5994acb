package dev.engram.crash;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.RecordId;
import dev.engram.Search;
import dev.engram.SearchHit;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import dev.engram.testing.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills at named places while segments of a vector index are written and published. How many is set
 * by {@code engram.vectorKills}; the seed is printed and {@code engram.seed} sets it again.
 */
class VectorCrashTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(5);
  private static final int BATCHES = 45;

  /** Vector instructions are many times slower than plain loops until the best compiler ran. */
  private static final List<String> COMPILED = List.of("-XX:TieredStopAtLevel=4");

  private static final List<String> POINTS =
      List.of(
          "vectors-segment-allocated",
          "vectors-segments-durable",
          "vectors-manifest-written",
          "vectors-manifest-replaced",
          "vectors-others-deleted");

  @TempDir Path directory;
  private final long seed = Long.getLong("engram.seed", System.nanoTime());
  private final Random random = new Random(seed);

  @Test
  void findsEveryAcknowledgedVectorWhenItWasKilledWhileItsIndexWasWritten() {
    int kills = Integer.getInteger("engram.vectorKills", 3);
    int killed = 0;
    for (int i = 0; i < kills; i++) {
      Path store = directory.resolve("kill" + i);
      String point = POINTS.get(random.nextInt(POINTS.size()));
      Ended ended = run(store, point, 1 + random.nextInt(4));
      killed += ended.exit == 137 ? 1 : 0;
      judge(store, ended.acknowledged);
      // What was killed once goes on.
      try (Engram engram = Engram.open(EngramConfig.at(store))) {
        VectorCollection vectors = engram.collection(VectorWorkload.NAME);
        RecordId id = RecordId.of(1);
        vectors.delete(id);
        vectors.upsert(VectorRecord.of(id, VectorWorkload.row(-7)));
        Search search = Search.nearest(VectorWorkload.row(-7)).limit(1);
        assertEquals(id, vectors.search(search).getFirst().record().id());
      }
    }
    assertTrue(killed > 0, "nothing was killed: the points are not reached");
    System.out.println("vector kills=" + kills + ", killed=" + killed + ", seed=" + seed);
  }

  /** How a child ended, and how many batches were acknowledged. */
  private record Ended(int exit, int acknowledged) {}

  private static Ended run(Path store, String point, int count) {
    List<String> arguments =
        List.of(store.toString(), Integer.toString(BATCHES), point, Integer.toString(count));
    try (ChildJvm child = ChildJvm.start(VectorWorkload.class, arguments, Map.of(), COMPILED)) {
      int exit = child.waitFor(TIMEOUT);
      assertTrue(exit == 0 || exit == 137, () -> "exit=" + exit + ", " + child.errors());
      List<String> lines = child.lines();
      return new Ended(exit, lines.isEmpty() ? 0 : Integer.parseInt(lines.getLast()));
    }
  }

  private void judge(Path store, int acknowledged) {
    try (Engram engram = Engram.open(EngramConfig.at(store))) {
      VectorCollection vectors = engram.collection(VectorWorkload.NAME);
      // The batch after the last acknowledged one may have been committed.
      boolean oneMore =
          vectors.get(RecordId.of(acknowledged * VectorWorkload.BATCH + 5)).isPresent();
      int batches = acknowledged + (oneMore ? 1 : 0);
      for (int i = 0; i < 200 && batches > 0; i++) {
        int id = random.nextInt(batches * VectorWorkload.BATCH);
        float[] expected = VectorWorkload.expected(id, batches);
        List<SearchHit> nearest = vectors.search(Search.nearest(VectorWorkload.row(id)).limit(1));
        float[] stored =
            vectors.get(RecordId.of(id)).flatMap(VectorRecord::vector).orElse(new float[0]);
        assertArrayEquals(expected, stored, "id=" + id + ", seed=" + seed);
        boolean found = nearest.getFirst().record().id().equals(RecordId.of(id));
        boolean asStored = expected.length > 0 && expected[0] == VectorWorkload.row(id)[0];
        assertEquals(asStored, found, "id=" + id + ", batches=" + batches + ", seed=" + seed);
      }
      assertTrue(engram.check().ok(), () -> engram.check() + ", seed=" + seed);
    }
  }
}
