package dev.engram.spi;

/** How a file's beginning looks to who may read the file. */
public enum Match {
  /** It is something else. */
  NO,
  /** It may be this, where nobody knows better. */
  MAYBE,
  /** It is this, and nothing else. */
  YES
}
