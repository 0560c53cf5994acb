package dev.engram.internal.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.EncryptionException;
import dev.engram.EngramException;
import dev.engram.InvalidInputException;
import dev.engram.MismatchException;
import dev.engram.SecretKeys;
import dev.engram.spi.KeySource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Files that are sealed as a whole. */
class SealedFileTest {
  private static final int CHUNK = SealedFileLayout.CHUNK_BYTES;
  private static final int SEALED = SealedFileLayout.SEALED_CHUNK_BYTES;

  /** A file made by another program from files.md. */
  private static final String FILE =
      "454758460100000045046d61696e404142434445464748494a4b4c4d4e4f943bd20ac207c0747b3c"
          + "915f1326721c5a45838014515e850cfb5990a340a673fd13fa0cb09a8a5d545fe5a1ff9dd35294c3"
          + "fe5464aa2ca415e85fcfd24483d38fd646bbffc5f443139b223ebe";

  private final SecureRandom random = new SecureRandom();
  private final KeySource keys = new SecretKeys(1);

  private byte[] sealed(byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SealedOutput sealing = SealedOutput.begin(out, keys, random);
    sealing.write(content);
    sealing.finish();
    sealing.close();
    return out.toByteArray();
  }

  private static byte[] opened(byte[] file, KeySource source) throws IOException {
    try (InputStream in = SealedInput.open(new ByteArrayInputStream(file), source)) {
      return in.readAllBytes();
    }
  }

  private static byte[] content(int length) {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    return content;
  }

  private static int headerBytes(byte[] file) throws DamagedFileException {
    return SealedFileLayout.START_BYTES
        + SealedFileLayout.remaining(Arrays.copyOf(file, SealedFileLayout.START_BYTES));
  }

  @Test
  void readsTheFormAsItIsDocumented() throws IOException {
    byte[] file = HexFormat.of().parseHex(FILE);
    assertEquals("green tea", new String(opened(file, new Counted()), StandardCharsets.UTF_8));
    assertEquals("main", SealedInput.masterKeyOf(new ByteArrayInputStream(file)));
  }

  /** The bytes 0 to 31 under the name of {@code main}. */
  private static final class Counted implements KeySource {
    @Override
    public String current() {
      return "main";
    }

    @Override
    public byte[] key(String id) {
      byte[] key = new byte[DataKeys.KEY_BYTES];
      for (int i = 0; i < key.length; i++) {
        key[i] = (byte) i;
      }
      return key;
    }
  }

  @Test
  void opensWhatItSealedAtEveryLength() throws IOException {
    for (int length : new int[] {0, 1, 16, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7}) {
      byte[] content = content(length);
      byte[] file = sealed(content);
      int chunks = Math.max(1, (length + CHUNK - 1) / CHUNK);
      assertEquals(
          headerBytes(file) + length + chunks * SealedLayout.TAG_BYTES, file.length, "" + length);
      assertArrayEquals(content, opened(file, keys), "length=" + length);
    }
  }

  @Test
  void takesAndGivesBytesInPiecesOfAnySize() throws IOException {
    byte[] content = content(2 * CHUNK + 100);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SealedOutput sealing = SealedOutput.begin(out, keys, random);
    Random sizes = new Random(5);
    for (int at = 0; at < content.length; ) {
      int part = Math.min(content.length - at, sizes.nextInt(CHUNK + 10));
      sealing.write(content, at, part);
      at += part;
      if (at < content.length) {
        sealing.write(content[at++]);
      }
      sealing.flush();
    }
    sealing.finish();
    sealing.finish();
    assertThrows(IOException.class, () -> sealing.write(1));
    SealedInput in = SealedInput.open(new ByteArrayInputStream(out.toByteArray()), keys);
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      read.write(b);
      read.write(in.readNBytes(sizes.nextInt(1_000)));
    }
    assertArrayEquals(content, read.toByteArray());
  }

  @Test
  void refusesEveryBitThatIsFlippedAndEveryCut() throws IOException {
    byte[] file = sealed("Alice prefers green tea".getBytes(StandardCharsets.UTF_8));
    for (int bit = 0; bit < 8 * file.length; bit++) {
      byte[] altered = file.clone();
      altered[bit / 8] ^= (byte) (1 << bit % 8);
      refuses(altered, "bit " + bit);
    }
    for (int length = 0; length < file.length; length++) {
      refuses(Arrays.copyOf(file, length), "cut to " + length);
    }
    refuses(Arrays.copyOf(file, file.length + 1), "longer");
  }

  @Test
  void refusesChunksThatWereCutOffMovedRepeatedOrTakenFromElsewhere() throws IOException {
    byte[] file = sealed(content(3 * CHUNK));
    byte[] other = sealed(content(3 * CHUNK));
    int header = headerBytes(file);
    for (int chunks = 0; chunks < 3; chunks++) {
      refuses(Arrays.copyOf(file, header + chunks * SEALED), "only chunks=" + chunks);
    }
    refuses(arranged(file, file, 1, 0, 2), "swapped");
    refuses(arranged(file, file, 0, 2), "left out");
    refuses(arranged(file, file, 2), "the last alone");
    refuses(arranged(file, file, 0, 1, 1, 2), "repeated");
    refuses(arranged(file, file, 0, 1, 2, 2), "after the last");
    refuses(arranged(file, other, 0, 1, 2), "of another file");
    assertArrayEquals(content(3 * CHUNK), opened(arranged(file, file, 0, 1, 2), keys));
  }

  /** The header of a file, and full chunks of one. */
  private static byte[] arranged(byte[] file, byte[] from, int... chunks)
      throws DamagedFileException {
    int header = headerBytes(file);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(file, 0, header);
    for (int chunk : chunks) {
      out.write(from, header + chunk * SEALED, SEALED);
    }
    return out.toByteArray();
  }

  private void refuses(byte[] file, String what) {
    Exception e = assertThrows(Exception.class, () -> opened(file, keys), what);
    assertTrue(
        e instanceof IOException
            || e instanceof InvalidInputException
            || e instanceof MismatchException,
        what + ": " + e);
    assertFalse(String.valueOf(e.getMessage()).contains("tea"), e.getMessage());
  }

  @Test
  void whatAFailureCutShortIsNeverWhole() throws IOException {
    for (int length : new int[] {0, 10, CHUNK, 2 * CHUNK, 2 * CHUNK + 10}) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (SealedOutput sealing = SealedOutput.begin(out, keys, random)) {
        sealing.write(content(length));
      }
      refuses(out.toByteArray(), "length=" + length);
    }
  }

  @Test
  void givesNothingOfAChunkThatWasAltered() throws IOException {
    byte[] file = sealed(content(2 * CHUNK));
    file[headerBytes(file) + SEALED + 9] ^= 1;
    InputStream in = SealedInput.open(new ByteArrayInputStream(file), keys);
    assertArrayEquals(
        Arrays.copyOf(content(2 * CHUNK), CHUNK), in.readNBytes(CHUNK), "the first is fine");
    for (int i = 0; i < 3; i++) {
      assertThrows(IOException.class, in::read, "no end where there was an error");
    }
    byte[] longer = Arrays.copyOf(sealed(content(CHUNK)), headerBytes(file) + SEALED + 1);
    InputStream more = SealedInput.open(new ByteArrayInputStream(longer), keys);
    for (int i = 0; i < 3; i++) {
      assertThrows(IOException.class, more::read);
    }
  }

  @Test
  void refusesAWrongKeyAndAnIdThatIsTooLong() throws IOException {
    byte[] file = sealed(new byte[10]);
    assertThrows(EncryptionException.class, () -> opened(file, new SecretKeys(2)));
    EngramException wrong =
        assertThrows(EncryptionException.class, () -> opened(file, new Counted()));
    assertTrue(String.valueOf(wrong.getMessage()).contains("id=1"), wrong.getMessage());
    KeySource endless =
        new KeySource() {
          @Override
          public String current() {
            return "k".repeat(SealedFileLayout.MAX_HEADER_BYTES);
          }

          @Override
          public byte[] key(String id) {
            return new byte[DataKeys.KEY_BYTES];
          }
        };
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThrows(EncryptionException.class, () -> SealedOutput.begin(out, endless, random));
    assertEquals(0, out.size());
  }

  @Test
  void sealsNothingTwiceInTheSameWay() throws IOException {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      byte[] file = sealed(new byte[40]);
      int header = headerBytes(file);
      assertTrue(seen.add(HexFormat.of().formatHex(file, 0, header)), "a header");
      assertTrue(seen.add(HexFormat.of().formatHex(file, header, file.length)), "a chunk");
    }
    byte[] zeros = sealed(new byte[2 * CHUNK]);
    int header = headerBytes(zeros);
    assertFalse(
        Arrays.equals(
            Arrays.copyOfRange(zeros, header, header + SEALED),
            Arrays.copyOfRange(zeros, header + SEALED, header + 2 * SEALED)));
  }

  @Test
  void tellsSealedFilesFromOthers() throws IOException {
    assertTrue(SealedFileLayout.isSealed(sealed(new byte[0])));
    for (String other : new String[] {"", "EGXF", "EGXF is no text", "EGXF\n", "{\"a\": 1}"}) {
      assertFalse(SealedFileLayout.isSealed(other.getBytes(StandardCharsets.UTF_8)), other);
    }
    byte[] later = sealed(new byte[0]);
    later[4] = 2;
    assertTrue(SealedFileLayout.isSealed(later));
    // Its checksum does not fit: it was altered.
    assertThrows(DamagedFileException.class, () -> opened(later, keys));
    int body = headerBytes(later) - Integer.BYTES;
    CRC32C crc = new CRC32C();
    crc.update(later, 0, body);
    ByteBuffer _ = ByteBuffer.wrap(later).putInt(body, (int) crc.getValue());
    assertThrows(MismatchException.class, () -> opened(later, keys));
  }
}
