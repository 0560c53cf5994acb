package dev.engram.internal.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.engram.CorruptStoreException;
import dev.engram.EncryptionException;
import dev.engram.EngramException;
import dev.engram.MismatchException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class KeysLayoutTest {
  private final SecureRandom random = new SecureRandom();
  private final byte[] master = master(1);
  private final DataKeys keys = DataKeys.fresh(random, 1_000).next(random, 2_000);

  private static byte[] master(int of) {
    byte[] key = new byte[DataKeys.KEY_BYTES];
    Arrays.fill(key, (byte) of);
    return key;
  }

  @Test
  void givesBackTheKeysAndTellsNone() {
    byte[] file = KeysLayout.encode(keys, "main", master, random);
    DataKeys read = KeysLayout.unwrap(file, master);
    assertEquals(keys.id(), read.id());
    assertEquals(2, read.all().size());
    String hex = HexFormat.of().formatHex(file);
    for (int i = 0; i < 2; i++) {
      byte[] key = keys.all().get(i).bytes();
      assertArrayEquals(key, read.all().get(i).bytes());
      assertFalse(hex.contains(HexFormat.of().formatHex(key)));
    }
    KeysLayout.Contents contents = KeysLayout.contents(file);
    assertEquals("main", contents.masterKey());
    assertEquals(new KeysLayout.Listed(2, 2_000), contents.keys().getLast());
  }

  @Test
  void refusesAnotherMasterKey() {
    byte[] file = KeysLayout.encode(keys, "main", master, random);
    assertThrows(EncryptionException.class, () -> KeysLayout.unwrap(file, master(2)));
  }

  @Test
  void refusesEveryBitThatIsFlippedAndEveryCut() {
    byte[] file = KeysLayout.encode(keys, "main", master, random);
    for (int bit = 0; bit < 8 * file.length; bit++) {
      byte[] altered = file.clone();
      altered[bit / 8] ^= (byte) (1 << bit % 8);
      assertThrows(CorruptStoreException.class, () -> KeysLayout.contents(altered));
    }
    for (int length = 0; length < file.length; length++) {
      byte[] cut = Arrays.copyOf(file, length);
      assertThrows(CorruptStoreException.class, () -> KeysLayout.contents(cut));
    }
  }

  /** Whoever can write the file can mend its checksum, but not the check. */
  @Test
  void refusesWhatWasAlteredOnPurpose() {
    byte[] file = KeysLayout.encode(keys, "main", master, random);
    for (int at = 5; at < file.length - Integer.BYTES; at++) {
      byte[] altered = file.clone();
      altered[at] ^= 1;
      mendChecksum(altered);
      assertThrows(EngramException.class, () -> KeysLayout.unwrap(altered, master));
    }
    byte[] newer = file.clone();
    newer[4] = 9;
    mendChecksum(newer);
    assertThrows(MismatchException.class, () -> KeysLayout.unwrap(newer, master));
  }

  private static void mendChecksum(byte[] file) {
    CRC32C crc = new CRC32C();
    crc.update(file, 0, file.length - Integer.BYTES);
    ByteBuffer _ =
        ByteBuffer.wrap(file).putInt(file.length - Integer.BYTES, (int) crc.getValue());
  }

  @Test
  void refusesMoreKeysThanAllowed() {
    DataKeys many = DataKeys.fresh(random, 0);
    for (int i = 1; i < DataKeys.MAX_KEYS; i++) {
      many = many.next(random, i);
    }
    byte[] file = KeysLayout.encode(many, "main", master, random);
    assertEquals(DataKeys.MAX_KEYS, KeysLayout.unwrap(file, master).all().size());
    DataKeys full = many;
    assertThrows(EncryptionException.class, () -> full.next(random, 0));
  }
}
