package dev.engram.internal.filter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrdinalSetTest {
  @Test
  void holdsWhatItWasGivenInOrder() {
    OrdinalSet set = OrdinalSet.of(70_000, 3, 3, 0);
    List<Integer> seen = new ArrayList<>();
    set.forEach(seen::add);
    assertEquals(List.of(0, 3, 70_000), seen);
    assertArrayEquals(new int[] {0, 3, 70_000}, set.toArray());
    assertEquals(3, set.size());
    assertTrue(set.contains(3) && set.test(70_000));
    assertFalse(set.contains(4) || set.test(5));
    assertTrue(OrdinalSet.empty().isEmpty());
    assertEquals("OrdinalSet[3]", set.toString());
  }

  @Test
  void combinesAsSetsDo() {
    OrdinalSet low = OrdinalSet.range(0, 5);
    OrdinalSet odd = OrdinalSet.of(1, 3, 5, 7);
    assertEquals(OrdinalSet.of(1, 3), low.and(odd));
    assertEquals(OrdinalSet.of(0, 2, 4), low.andNot(odd));
    assertEquals(OrdinalSet.of(0, 1, 2, 3, 4, 5, 7), low.or(odd));
    assertEquals(OrdinalSet.of(1, 3).hashCode(), low.and(odd).hashCode());
    assertNotEquals(low, odd);
  }
}
