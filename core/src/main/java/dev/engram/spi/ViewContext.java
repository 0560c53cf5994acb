package dev.engram.spi;

import dev.engram.CommitId;
import java.nio.file.Path;
import java.util.Optional;

/** What a view is given when it is opened. */
public interface ViewContext {
  /**
   * The view's own directory, made already; empty in a store in memory and in an encrypted one:
   * then nothing that can be read may be kept outside memory.
   */
  Optional<Path> directory();

  /** An id that is the same for the life of the store, and another in each copy. */
  String storeId();

  /**
   * Whether a commit of a store is in the past of this one: of its own timeline, or of the one that
   * it was restored from. What a view has stored of such a commit is still right.
   */
  boolean holds(String storeId, CommitId commit);

  /** A state of the store as of now; close it. */
  StateSnapshot snapshot();
}
