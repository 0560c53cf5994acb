package dev.engram.internal.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IntIntMapTest {
  private static final long SEED = Long.getLong("engram.seed", System.nanoTime());

  @Test
  void behavesLikeAHashMapUnderRandomChanges() {
    Random random = new Random(SEED);
    Map<Integer, Integer> expected = new HashMap<>();
    IntIntMap map = new IntIntMap();
    for (int step = 0; step < 200_000; step++) {
      int key = random.nextInt(4) == 0 ? random.nextInt(50) * 65_536 : random.nextInt(2_000);
      if (random.nextBoolean()) {
        map.put(key, step);
        expected.put(key, step);
      } else {
        Integer removed = expected.remove(key);
        assertEquals(removed == null ? -1 : removed, map.remove(key), seed());
      }
      assertEquals(expected.size(), map.size(), seed());
    }
    expected.forEach((key, value) -> assertEquals(value, map.get(key), seed()));
    assertEquals(-1, map.get(3_000), seed());
  }

  private static String seed() {
    return "replay with -Dengram.seed=" + SEED;
  }
}
