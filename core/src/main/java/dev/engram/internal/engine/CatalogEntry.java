package dev.engram.internal.engine;

import dev.engram.CollectionInfo.Kind;
import dev.engram.internal.format.CollectionLayout.Descriptor;
import dev.engram.internal.format.Keys;
import dev.engram.spi.StateSnapshot.CollectionRow;

/** A collection or space under its internal number. */
record CatalogEntry(int number, Descriptor descriptor) {
  byte[] key() {
    return Keys.descriptor(number);
  }

  int epoch() {
    return descriptor.epoch();
  }

  boolean isSpace() {
    return descriptor.kind() == Kind.SPACE;
  }

  /** The same, as views see it. */
  CollectionRow row() {
    return new CollectionRow(
        number,
        descriptor.epoch(),
        descriptor.kind(),
        descriptor.dimension(),
        descriptor.language());
  }
}
