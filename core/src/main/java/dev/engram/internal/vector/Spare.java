package dev.engram.internal.vector;

import java.util.List;

/**
 * How many a search ranks beside those that are wanted: what is among the best may seem somewhat
 * worse by its row. Static functions only.
 */
final class Spare {
  private static final int FEW = 2;
  private static final int MANY = 32;

  private Spare() {}

  /** So many as are wanted, and more. */
  static int with(int wanted, List<Level> levels) {
    int bits = Float.SIZE;
    for (Level level : levels) {
      for (Segment segment : level.segments()) {
        bits = Math.min(bits, segment.header.layout().bits());
      }
    }
    long more =
        switch (bits) {
          case 2 -> 5L * wanted + MANY;
          case 4 -> (long) wanted + FEW;
          default -> wanted / 4 + FEW;
        };
    return Math.toIntExact(Math.min(Integer.MAX_VALUE - 8, wanted + more));
  }
}
