package dev.engram.bench;

/** The {@code engram bench} command: runs one benchmark by name. */
public final class Bench {
  private Bench() {}

  /** Runs the benchmark named first; the rest are its options. */
  public static void main(String[] args) {
    System.err.println("usage: engram bench NAME [options]");
    System.exit(2);
  }
}
