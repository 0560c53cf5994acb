package dev.engram.bench;

import dev.engram.Engram;
import java.io.IOException;
import java.nio.file.Path;

/** A program that opens a store of many spaces and tells what heap each of them takes. */
final class IdleSpaces {
  private static final int HEAP_MIB = 512;

  private IdleSpaces() {}

  /** Bytes of heap for each space of a store, beside those of a store with one. */
  static double heapEach(Path many, Path one, int spaces) throws IOException, InterruptedException {
    return Double.parseDouble(
        OwnProcess.run(IdleSpaces.class, HEAP_MIB, one, many, spaces).getFirst());
  }

  public static void main(String[] args) {
    int spaces = Integer.parseInt(args[2]);
    long one = heap(Path.of(args[0]), 0);
    long many = heap(Path.of(args[1]), spaces - 1);
    System.out.println((double) (many - one) / spaces);
  }

  /** Live heap while a store is open and one of its spaces was asked. */
  private static long heap(Path store, int space) {
    try (Engram engram = Engram.open(store)) {
      if (engram.space("space " + space).recall("memory 7").isEmpty()) {
        throw new IllegalStateException("nothing is recalled");
      }
      return Heap.live();
    }
  }
}
