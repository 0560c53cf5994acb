package dev.engram.spi;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A compression of exports, and how it is undone. Found by {@link java.util.ServiceLoader}.
 * Implementations are stateless, cheap to construct and thread-safe; the streams are not.
 */
public interface Codec {
  /** The name to ask for, in lower case, for example {@code gzip}. */
  String name();

  /** The level that is the quickest. */
  int leastLevel();

  /** The level where none is asked for. */
  int usualLevel();

  /** The level that makes the smallest files. */
  int mostLevel();

  /**
   * Whether several compressed streams, one behind the other, are undone as one. Then parts of an
   * export may be compressed on several threads at once.
   */
  default boolean joins() {
    return false;
  }

  /**
   * Whether it made a file that begins so.
   *
   * @param beginning some kilobytes, or less where the file is shorter; not to be changed
   */
  Match match(byte[] beginning);

  /**
   * Compresses what is written; closing it ends the compression and closes the stream beneath.
   *
   * @param level from {@link #leastLevel} to {@link #mostLevel}
   */
  OutputStream compress(OutputStream out, int level) throws IOException;

  /**
   * Undoes the compression, in bounded memory. What is damaged or ends too early is an {@link
   * IOException}.
   */
  InputStream decompress(InputStream in) throws IOException;
}
