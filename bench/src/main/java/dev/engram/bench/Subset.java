package dev.engram.bench;

import java.util.BitSet;
import java.util.Random;

/** Some ordinals, chosen evenly: those that a filter lets pass, or those that are deleted. */
record Subset(double share, BitSet ordinals) {
  /** The same for the same seed. */
  static Subset of(double share, int count, long seed) {
    Random random = new Random(seed);
    int left = (int) Math.round(share * count);
    BitSet chosen = new BitSet(count);
    for (int i = 0; left > 0; i++) {
      if (random.nextInt(count - i) < left) {
        chosen.set(i);
        left--;
      }
    }
    return new Subset(share, chosen);
  }

  BitSet others(int count) {
    BitSet others = (BitSet) ordinals.clone();
    others.flip(0, count);
    return others;
  }

  int[] listed() {
    return ordinals.stream().toArray();
  }

  int size() {
    return ordinals.cardinality();
  }
}
