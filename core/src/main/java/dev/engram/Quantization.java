package dev.engram;

/**
 * How precisely an index ranks what its scan of one-bit codes finds, before it scores the best by
 * the vectors themselves. Scores are exact in every case: fewer bits take less room, and more
 * vectors are read for each search.
 */
public enum Quantization {
  /** Two bits a component: the smallest index, and the most vectors to read. */
  BITS_2(2),

  /** Four bits a component. */
  BITS_4(4),

  /** Eight bits a component; what a collection has that names none. */
  BITS_8(8),

  /** The components themselves: the largest index, and hardly a vector to read in vain. */
  NONE(32);

  private final int bits;

  Quantization(int bits) {
    this.bits = bits;
  }

  /** Bits of a component. */
  public int bits() {
    return bits;
  }
}
