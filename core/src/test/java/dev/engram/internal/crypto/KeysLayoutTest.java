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
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class KeysLayoutTest {
  /** A file of keys and a value under its second key, made by another program from files.md. */
  private static final String FILE =
      "45474b4601404142434445464748494a4b4c4d4e4f046d61696e606162636465666768696a6b6c6d"
          + "6e6f020000000100000000000003e8fc3886666551c5534c36765b25482e63cc6373a1112f1642cc"
          + "5b2a32361dde10b2510b668e7d0c41667353fd01eb1e220000000200000000000007d02b59de0274"
          + "2b8e22872105956b00d381e3a82d5707f8c121886b8c4ba39a86a2defb98dd8f647d6154d945b6bb"
          + "ae0fec13fa32316e58969c271379d1827528d83c07d303";

  private static final String VALUE =
      "e100000002707172737475767778797a7b0000000000000007fad96a28ce8428c458fd92d5671c22"
          + "7341a72fc95230a118d1";

  private final SecureRandom random = new SecureRandom();
  private final byte[] master = master(1);
  private final DataKeys keys = DataKeys.fresh(random, 1_000).next(random, 2_000);

  private static byte[] master(int of) {
    byte[] key = new byte[DataKeys.KEY_BYTES];
    Arrays.fill(key, (byte) of);
    return key;
  }

  @Test
  void readsTheFormsAsTheyAreDocumented() {
    byte[] counted = new byte[DataKeys.KEY_BYTES];
    for (int i = 0; i < counted.length; i++) {
      counted[i] = (byte) i;
    }
    byte[] file = HexFormat.of().parseHex(FILE);
    assertEquals(
        new KeysLayout.Contents(
            "main", List.of(new KeysLayout.Listed(1, 1_000), new KeysLayout.Listed(2, 2_000))),
        KeysLayout.contents(file));
    KeySealer sealer = new KeySealer(KeysLayout.unwrap(file, counted), random);
    byte[] value = sealer.open(3, new byte[] {1, 2, 3}, HexFormat.of().parseHex(VALUE));
    assertEquals("green tea", new String(value, StandardCharsets.UTF_8));
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
  void keepsTheIdsOfWhatIsLeftWhereKeysWereRemoved() {
    DataKeys more = keys.next(random, 3_000).next(random, 4_000);
    byte[] all = KeysLayout.encode(more, "main", master, random);
    byte[] file = KeysLayout.encode(more.without(Set.of(1, 3)), "main", master, random);
    assertEquals(1, all[4]);
    assertEquals(2, file[4]);
    DataKeys read = KeysLayout.unwrap(file, master);
    assertEquals(List.of(2, 4), read.all().stream().map(DataKeys.DataKey::id).toList());
    assertEquals(5, read.next(random, 5_000).current().id());
    KeySealer sealer = new KeySealer(more, random);
    byte[] sealed = sealer.seal(3, new byte[] {1}, new byte[] {2});
    assertEquals(4, KeySealer.keyIdOf(sealed));
    assertArrayEquals(new byte[] {2}, new KeySealer(read, random).open(3, new byte[] {1}, sealed));
    byte[] before = new KeySealer(keys, random).seal(3, new byte[] {1}, new byte[] {2});
    assertEquals(2, KeySealer.keyIdOf(before));
    DataKeys newest = read.without(Set.of(2));
    assertThrows(
        CorruptStoreException.class,
        () -> new KeySealer(newest, random).open(3, new byte[] {1}, before));
    assertThrows(IllegalArgumentException.class, () -> read.without(Set.of(4)));
    assertThrows(CorruptStoreException.class, () -> KeySealer.keyIdOf(new byte[] {2}));
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
    ByteBuffer _ = ByteBuffer.wrap(file).putInt(file.length - Integer.BYTES, (int) crc.getValue());
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
