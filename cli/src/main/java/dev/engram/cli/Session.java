package dev.engram.cli;

import com.google.errorprone.annotations.MustBeClosed;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.MemorySpace;
import dev.engram.NotFoundException;
import dev.engram.spi.Embedder;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An open store together with its embedder, closed in the right order. Not thread-safe.
 *
 * @param engram the store
 * @param embedder what makes vectors; null for none
 */
record Session(Engram engram, @Nullable Embedder embedder) implements AutoCloseable {
  @MustBeClosed
  static Session open(Path directory, boolean create, @Nullable Embedder embedder) {
    return open(EngramConfig.at(directory).createIfMissing(create), embedder);
  }

  @MustBeClosed
  static Session inMemory(@Nullable Embedder embedder) {
    return open(EngramConfig.inMemory(), embedder);
  }

  @MustBeClosed
  static Session open(EngramConfig config, @Nullable Embedder embedder) {
    boolean opened = false;
    try {
      Engram engram = Engram.open(embedder == null ? config : config.embedder(embedder));
      opened = true;
      return new Session(engram, embedder);
    } finally {
      if (!opened && embedder != null) {
        embedder.close();
      }
    }
  }

  /** A space that must be there. */
  MemorySpace space(String name) {
    return engram
        .findSpace(name)
        .orElseThrow(() ->
            new NotFoundException(
                "space not found: name=" + name + "; 'engram collections' lists what is there"));
  }

  /** Runs in one transaction over a space that must be there: all of it or nothing. */
  <T> T transact(String name, Function<MemorySpace, T> work) {
    String found = space(name).name();
    return engram.transact(tx -> work.apply(tx.space(found)));
  }

  @Override
  public void close() {
    try {
      engram.close();
    } finally {
      if (embedder != null) {
        embedder.close();
      }
    }
  }
}
