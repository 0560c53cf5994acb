package dev.engram;

/** The collection contract in memory. */
class CollectionInMemoryTest extends CollectionContract {
  @Override
  EngramConfig config() {
    return EngramConfig.inMemory();
  }
}
