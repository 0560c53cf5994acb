package dev.engram.spi;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A form that exports are written in and imports are read from. Found by {@link
 * java.util.ServiceLoader}. Implementations are stateless, cheap to construct and thread-safe;
 * sinks and sources are not, and work in bounded memory whatever they are given. What is wrong with
 * a file is a {@link dev.engram.InvalidInputException} or an {@link IOException}.
 */
public interface TransferFormat {
  /** The name to ask for, in lower case, for example {@code jsonl}. */
  String name();

  /**
   * Whether it keeps everything, {@link TransferItem.Section}, {@link TransferItem.Link} and {@link
   * TransferItem.End} included; if not, it drops what it has no place for.
   */
  boolean keepsAll();

  /**
   * Whether it puts what it writes or reads into a temporary file that others could read, so that
   * it is refused where an encrypted store and an encrypted file meet.
   */
  default boolean leavesPlainFiles() {
    return false;
  }

  /**
   * Whether what several sinks wrote, one after the other into the same stream, is what one sink
   * would have written. Then parts of an export are written on several threads at once, each by a
   * sink of its own, and put one behind the other.
   */
  default boolean joins() {
    return false;
  }

  /**
   * Whether a file that begins so is of this form.
   *
   * @param beginning some kilobytes, or less where the file is shorter; not to be changed
   */
  Match match(byte[] beginning);

  /**
   * Writes items.
   *
   * @throws dev.engram.UnsupportedFeatureException where the form is only read
   */
  Sink write(OutputStream out) throws IOException;

  /**
   * Reads items.
   *
   * @throws dev.engram.UnsupportedFeatureException where the form is only written
   */
  Source read(InputStream in) throws IOException;

  /** Where items go. Closing it ends the file, but not the stream beneath. */
  interface Sink extends Closeable {
    void write(TransferItem item) throws IOException;
  }

  /** Where items come from. Closing it does not close the stream beneath. */
  interface Source extends Closeable {
    /** The next item; null at the end. */
    @Nullable TransferItem next() throws IOException;
  }
}
