package dev.engram.internal.recall;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class NodeSetTest {
  @Test
  void holdsEachNodeOnce() {
    Random random = new Random(1);
    NodeSet nodes = new NodeSet();
    TreeSet<Integer> expected = new TreeSet<>();
    for (int i = 0; i < 10_000; i++) {
      int node = random.nextInt(i < 5_000 ? 3_000 : Integer.MAX_VALUE);
      nodes.add(node);
      expected.add(node);
    }
    nodes.add(Chronicle.NONE);

    assertEquals(expected.size(), nodes.size());
    assertArrayEquals(expected.stream().mapToInt(Integer::intValue).toArray(), nodes.toArray());
  }
}
