package dev.engram.spi;

class MemoryObjectStoreTest extends ObjectStoreContract {
  @Override
  protected ObjectStore store() {
    return new MemoryObjectStore();
  }
}
