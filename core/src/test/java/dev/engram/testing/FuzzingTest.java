package dev.engram.testing;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CorruptStoreException;
import dev.engram.internal.format.ByteReader;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Decoders that have a fault are caught: what cannot fail proves nothing. */
class FuzzingTest {
  private static final List<byte[]> VALID = List.of(new byte[] {0, 0, 0, 2, 7, 8});

  private static Fuzzing fuzzing() {
    return Fuzzing.of("control", CorruptStoreException.class, VALID);
  }

  private static String caught(Fuzzing.Decoder faulty) {
    return String.valueOf(
        assertThrows(AssertionError.class, () -> fuzzing().run(faulty)).getMessage());
  }

  @Test
  void aDecoderThatChecksIsFine() {
    fuzzing()
        .run(bytes -> {
          ByteReader in = new ByteReader(bytes, "control");
          byte[] _ = in.raw(in.i32());
          in.end();
        });
  }

  @Test
  void anErrorOfAnotherKindIsCaught() {
    String error =
        caught(bytes -> {
          byte _ = bytes[4 + bytes[3]];
        });
    assertTrue(error.contains("IndexOutOfBounds") && error.contains("seed="), error);
  }

  @Test
  void memoryForALengthThatIsOnlyClaimedIsCaught() {
    String error =
        caught(bytes -> {
          int length = new ByteReader(bytes, "control").i32();
          byte[] _ = new byte[Math.clamp(length, 0, 64 << 20)];
        });
    assertTrue(error.contains("bytes of memory"), error);
  }

  @Test
  void nestingWithoutAnEndIsCaught() {
    String error = caught(bytes -> nested(bytes, 0));
    assertTrue(error.contains("StackOverflowError"), error);
  }

  private static long nested(byte[] bytes, int at) {
    if (at >= bytes.length) {
      throw new CorruptStoreException("damaged control");
    }
    return bytes[at] == 8 ? at : 1 + nested(bytes, at + 1);
  }

  @Test
  void aDecoderThatRefusesNothingIsCaught() {
    assertTrue(caught(bytes -> {}).contains("nothing was refused"));
  }

  @Test
  void aDecoderThatRefusesEverythingIsCaught() {
    String error =
        caught(bytes -> {
          throw new CorruptStoreException("damaged control");
        });
    assertTrue(error.contains("valid is refused"), error);
  }
}
