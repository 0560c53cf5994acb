package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetadataPatchTest {
  private static final MetadataPatch NONE = MetadataPatch.empty();

  @Test
  void setsAndRemovesInOrder() {
    Metadata base = Metadata.of("a", 1, "b", 2);
    MetadataPatch patch = NONE.set("c", 3).remove("b").set("c", 4).remove("none");
    assertEquals(Metadata.of("a", 1, "c", 4), patch.applyTo(base));
    assertEquals(Metadata.of("a", 1, "b", 2), base);
    assertSame(base, NONE.applyTo(base));
    assertTrue(NONE.isEmpty());
  }

  @Test
  void addressesNestedMapsByDottedPath() {
    Metadata base = Metadata.of("m", Map.of("x", 1, "y", 2), "s", "text");
    assertEquals(
        Metadata.of("m", Map.of("x", 9, "y", 2), "s", "text"), NONE.set("m.x", 9).applyTo(base));
    assertEquals(Metadata.of("m", Map.of("y", 2), "s", "text"), NONE.remove("m.x").applyTo(base));
    assertEquals(base, NONE.remove("m.none.deeper").applyTo(base));
    assertEquals(
        Metadata.of("a", Map.of("b", Map.of("c", 1))),
        NONE.set("a.b.c", 1).applyTo(Metadata.empty()));
    assertEquals(
        Metadata.of("m", Map.of("x", 1, "y", 2), "s", Map.of("t", 1)),
        NONE.set("s.t", 1).applyTo(base));
  }

  @Test
  void prefersLiteralKeysAsGetDoes() {
    Metadata base = Metadata.of("a.b", 1, "a", Map.of("b", 2), "a.x", Map.of("y", 3));
    assertEquals(9L, NONE.set("a.b", 9).applyTo(base).get("a.b").orElseThrow());
    assertEquals(2L, NONE.remove("a.b").applyTo(base).get("a.b").orElseThrow());
    assertEquals(9L, NONE.set("a.x.y", 9).applyTo(base).getLong("a.x.y").orElseThrow());
    assertTrue(NONE.remove("a.x.y").applyTo(base).get("a.x.y").isEmpty());
    assertEquals(Metadata.of("a.", 1), NONE.set("a.", 1).applyTo(Metadata.empty()));
  }

  @Test
  void replacesMapsOnSetAndMergesThemOnMerge() {
    Metadata base = Metadata.of("m", Map.of("x", 1));
    Metadata change = Metadata.of("m", Map.of("y", 2), "k.l", 3);
    assertEquals(Metadata.of("m", Map.of("y", 2)), NONE.set("m", Map.of("y", 2)).applyTo(base));
    assertEquals(
        Metadata.of("m", Map.of("x", 1, "y", 2), "k.l", 3), NONE.merge(change).applyTo(base));
  }

  @Test
  void refusesBadValuesWhenTheyAreGiven() {
    assertThrows(InvalidInputException.class, () -> NONE.set("a", Double.NaN));
    assertThrows(InvalidInputException.class, () -> NONE.set(" ", 1));
    assertThrows(InvalidInputException.class, () -> NONE.remove(""));
  }

  @Test
  void isDataThatShowsNoValues() {
    MetadataPatch patch = NONE.set("a", "secret").remove("b").merge(Metadata.of("c", "secret"));
    assertEquals("MetadataPatch[set a, remove b, merge [c]]", patch.toString());
    assertEquals(patch, NONE.set("a", "secret").remove("b").merge(Metadata.of("c", "secret")));
    assertEquals(
        patch.hashCode(),
        NONE.set("a", "secret").remove("b").merge(Metadata.of("c", "secret")).hashCode());
    assertEquals(List.of(new MetadataPatch.Remove("b")), NONE.remove("b").changes());
  }
}
