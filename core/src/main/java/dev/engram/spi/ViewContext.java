package dev.engram.spi;

import java.nio.file.Path;
import java.util.Optional;

/** What a view is given when it is opened. */
public interface ViewContext {
  /** The view's own directory, made already; empty in a store in memory. */
  Optional<Path> directory();

  /** An id that is the same for the life of the store, and another in each copy. */
  String storeId();

  /** A state of the store as of now; close it. */
  StateSnapshot snapshot();
}
