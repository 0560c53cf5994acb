package dev.engram.internal.log;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;

/**
 * How Lincheck looks at the structures of this package: it makes small programs of the operations
 * of a class, runs each under many interleavings of its threads, and refuses deadlocks, endless
 * loops, and results that a plain class without threads could not give in any order.
 *
 * <p>It is the model checker, not the stress strategy: it copes with the classes of JDK 25,
 * switches threads inside their locks too, knows a deadlock from a slow machine, and does the same
 * in each run. It supposes that threads see each other's writes in order, so it does not judge what
 * the memory model alone allows.
 */
final class Interleavings {
  private Interleavings() {}

  /**
   * Interleavings of operations that run at the same time, on a fresh structure.
   *
   * @param plain has the same operations, and says what they return one after the other
   * @param threads of each program
   * @param operations of each thread
   * @param programs made at random, the same ones each time
   * @param runs of each program, each with another interleaving
   */
  static ModelCheckingOptions of(
      Class<?> plain, int threads, int operations, int programs, int runs) {
    return new ModelCheckingOptions()
        .sequentialSpecification(plain)
        .threads(threads)
        .actorsPerThread(operations)
        .actorsBefore(0)
        .actorsAfter(0)
        .iterations(programs)
        .invocationsPerIteration(runs);
  }
}
