package dev.engram.internal.log;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What {@link ClaimTable} remembers. */
class ClaimTableTest {
  @Test
  void aCommitThatTurnsTheTableOverIsRememberedWhole() {
    ClaimTable table = new ClaimTable(2, 0);
    table.write(1, 1);
    table.write(2, 1);
    table.write(3, 1);
    table.write(4, 1);
    table.write(5, 2);

    assertTrue(table.writtenAfter(1, 0), "its generation is gone, so that nobody can tell");
    assertFalse(table.writtenAfter(1, 1));
  }
}
