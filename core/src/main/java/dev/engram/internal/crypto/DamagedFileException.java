package dev.engram.internal.crypto;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A sealed file is not as it was written: it was altered, cut, or put together anew. */
public final class DamagedFileException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  DamagedFileException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
