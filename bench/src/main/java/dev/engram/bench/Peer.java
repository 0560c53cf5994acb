package dev.engram.bench;

import java.io.IOException;

/** An index to measure: filled once, then asked, all by one thread. Ordinals are row numbers. */
interface Peer extends AutoCloseable {
  /** A way to ask for the nearest of one query, best first; at most a fixed number. */
  @FunctionalInterface
  interface Asking {
    int[] nearest(float[] query) throws IOException;
  }

  /** A peer that can be asked for the nearest of some vectors. */
  interface Filtering extends Peer {
    Asking asking(int limit, double effort, Subset allowed);
  }

  /** A peer that can forget vectors. */
  interface Deleting extends Peer {
    /** Forgets vectors and does what its makers advise after that. */
    void delete(int[] ordinals) throws IOException;
  }

  /** A peer that lies in files. */
  interface Stored extends Peer {
    long fileBytes() throws IOException;

    /** Closes the index and opens it again from its files. */
    void reopen() throws IOException;
  }

  String name();

  /** What the effort of a search is, such as the number of candidates. */
  String knob();

  /** Efforts to measure, ascending. */
  double[] efforts();

  /** Makes the index; afterwards nothing is left to do in the background. */
  void build(float[][] base) throws IOException;

  Asking asking(int limit, double effort);

  @Override
  void close() throws IOException;
}
