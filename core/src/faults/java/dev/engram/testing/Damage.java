package dev.engram.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What may become of a file while no process has it open. */
public enum Damage {
  /** One bit in its middle is another. */
  FLIPPED,
  /** Its second half is gone. */
  CUT,
  EMPTY,
  /** A zero is behind its end. */
  LONGER,
  /** All of it is zeros. */
  ZEROED,
  GONE;

  /**
   * Writes what has become of a file, as a new file: whatever else was a name of the old one keeps
   * its bytes.
   */
  public void write(Path file, byte[] intact) throws IOException {
    Files.deleteIfExists(file);
    if (this != GONE) {
      Files.write(file, bytes(intact));
    }
  }

  private byte[] bytes(byte[] intact) {
    return switch (this) {
      case CUT -> Arrays.copyOf(intact, intact.length / 2);
      case LONGER -> Arrays.copyOf(intact, intact.length + 1);
      case EMPTY, GONE -> new byte[0];
      case ZEROED -> new byte[intact.length];
      case FLIPPED -> flipped(intact, intact.length / 2, 0);
    };
  }

  /** A copy in which one bit is another; the same where there is no such byte. */
  public static byte[] flipped(byte[] intact, int at, int bit) {
    byte[] bytes = intact.clone();
    if (at < bytes.length) {
      bytes[at] ^= (byte) (1 << bit);
    }
    return bytes;
  }
}
