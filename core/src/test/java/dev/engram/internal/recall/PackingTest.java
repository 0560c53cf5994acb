package dev.engram.internal.recall;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.engram.internal.recall.Packing.Item;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PackingTest {
  @Test
  void takesTheBestThatFits() {
    List<Item> items =
        List.of(item(1, 9, "a b c", null), item(.9, 3, "d e f", null), item(.1, 2, "g h", null));

    assertEquals(List.of(0, 1, 2), Packing.choose(items, 14, 9));
    assertEquals(List.of(1, 2), Packing.choose(items, 8, 9));
    assertEquals(List.of(0), Packing.choose(items, 10, 9));
    assertEquals(List.of(0), Packing.choose(items, 14, 1));
    assertEquals(List.of(), Packing.choose(List.of(), 14, 9));
  }

  @Test
  void leavesOutWhatSaysTheSame() {
    List<Item> words =
        List.of(item(1, 1, "a b c d", null), item(.9, 1, "d c b a", null), item(.1, 1, "x", null));
    List<Item> vectors =
        List.of(
            item(1, 1, "a", new float[] {1, 0}),
            item(.9, 1, "b", new float[] {.99f, .14f}),
            item(.1, 1, "c", new float[] {0, 1}));

    assertEquals(List.of(0, 2), Packing.choose(words, 9, 9));
    assertEquals(List.of(0, 2), Packing.choose(vectors, 9, 9));
  }

  @Test
  void prefersWhatIsNew() {
    List<Item> items =
        List.of(
            item(1, 1, "a", new float[] {1, 0}),
            item(.8, 1, "b", new float[] {.8f, .6f}),
            item(.7, 1, "c", new float[] {0, 1}));

    // .7 · .8 − .3 · .8 = .32 against .7 · .7 = .49
    assertEquals(List.of(0, 2, 1), Packing.choose(items, 9, 9));
  }

  private static Item item(double score, int tokens, String text, float @Nullable [] vector) {
    return new Item(score, tokens, text, vector);
  }
}
