package dev.engram.internal.vector;

/**
 * Takes what a scan finds below a bound. A workspace; one thread at a time. A class, so that the
 * bound is a field that the scan reads for every register.
 */
abstract class ScanSink {
  /** Room for the keys of the vectors that a kernel scores at a time. */
  final float[] keys = new float[CodeLayout.LANES];

  /** And for their products. */
  final long[] products = new long[CodeLayout.LANES];

  /** Keys from here on are not wanted any more. */
  float bound;

  /** Takes a vector, and may lower the bound. */
  abstract void add(float key, long place);
}
