package dev.engram.internal.engine;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Whether two families of rows say the same pairs of keys: one's are added, the other's taken away,
 * in any order, and nothing is left. That takes one pass over each, where looking up each row's
 * counterpart takes ten times as long. What is summed are hashes of 128 bits with seeds of their
 * own in each run, so that no difference goes unseen but by a chance of one in 2^64 or less. Not
 * thread-safe.
 */
final class PairSums {
  /** The multiplier of FNV-1a, by Fowler, Noll and Vo. */
  private static final long PRIME = 0x100000001b3L;

  private final long firstSeed = ThreadLocalRandom.current().nextLong();
  private final long secondSeed = ThreadLocalRandom.current().nextLong();
  private long first;
  private long second;

  void add(byte[] key, byte[] other) {
    first += hash(firstSeed, key, other);
    second += hash(secondSeed, key, other);
  }

  void remove(byte[] key, byte[] other) {
    first -= hash(firstSeed, key, other);
    second -= hash(secondSeed, key, other);
  }

  /** Whether as much was taken away as was added. */
  boolean areEven() {
    return first == 0 && second == 0;
  }

  private static long hash(long seed, byte[] key, byte[] other) {
    return mixed(hash(hash(seed, key) + key.length, other));
  }

  private static long hash(long start, byte[] bytes) {
    long hash = start;
    for (byte each : bytes) {
      hash = (hash ^ each) * PRIME;
    }
    return hash;
  }

  /** The finalizer of MurmurHash3, by Austin Appleby. */
  private static long mixed(long hash) {
    long bits = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
    bits = (bits ^ bits >>> 33) * 0xc4ceb9fe1a85ec53L;
    return bits ^ bits >>> 33;
  }
}
