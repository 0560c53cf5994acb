package dev.engram.internal.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CorruptStoreException;
import dev.engram.EncryptionException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeySealerTest {
  private static final byte[] KEY = {1, 2, 3};
  private static final byte[] VALUE = "Alice prefers green tea".getBytes(StandardCharsets.UTF_8);

  private final SecureRandom random = new SecureRandom();
  private final DataKeys keys = DataKeys.fresh(random, 1_000);
  private final KeySealer sealer = new KeySealer(keys, random);

  @Test
  void opensWhatItSealedAndShowsNothingOfIt() {
    for (int length : new int[] {0, 1, 15, 16, 17, 100_000}) {
      byte[] value = new byte[length];
      Arrays.fill(value, (byte) 'a');
      byte[] sealed = sealer.seal(3, KEY, value);
      assertEquals(length + SealedLayout.OVERHEAD_BYTES, sealed.length);
      assertFalse(new String(sealed, StandardCharsets.ISO_8859_1).contains("aaaa"));
      assertArrayEquals(value, sealer.open(3, KEY, sealed));
    }
  }

  @Test
  void opensOnlyInTheRowAndTheStoreForWhichItWasSealed() {
    byte[] sealed = sealer.seal(3, KEY, VALUE);
    refuses(sealer, 4, KEY, sealed);
    refuses(sealer, 3, new byte[] {1, 2, 4}, sealed);
    refuses(sealer, 3, new byte[] {1, 2}, sealed);
    refuses(new KeySealer(DataKeys.fresh(random, 1_000), random), 3, KEY, sealed);
  }

  @Test
  void refusesEveryBitThatIsFlippedAndEveryCut() {
    byte[] sealed = sealer.seal(3, KEY, VALUE);
    for (int bit = 0; bit < 8 * sealed.length; bit++) {
      byte[] altered = sealed.clone();
      altered[bit / 8] ^= (byte) (1 << bit % 8);
      refuses(sealer, 3, KEY, altered);
    }
    for (int length = 0; length < sealed.length; length++) {
      refuses(sealer, 3, KEY, Arrays.copyOf(sealed, length));
    }
    refuses(sealer, 3, KEY, Arrays.copyOf(sealed, sealed.length + 1));
    refuses(sealer, 3, KEY, VALUE);
  }

  private static void refuses(KeySealer sealer, int family, byte[] key, byte[] stored) {
    CorruptStoreException e =
        assertThrows(CorruptStoreException.class, () -> sealer.open(family, key, stored));
    assertFalse(String.valueOf(e.getMessage()).contains("tea"), e.getMessage());
  }

  @Test
  void sealsUnderTheNewestKeyAndOpensThoseOfBefore() {
    byte[] before = sealer.seal(3, KEY, VALUE);
    DataKeys more = keys.next(random, 2_000);
    sealer.use(more);
    byte[] after = sealer.seal(3, KEY, VALUE);
    assertEquals(1, SealedLayout.salt(before).keyId());
    assertEquals(2, SealedLayout.salt(after).keyId());
    KeySealer reopened = new KeySealer(more, random);
    for (byte[] each : new byte[][] {before, after}) {
      assertArrayEquals(VALUE, sealer.open(3, KEY, each));
      assertArrayEquals(VALUE, reopened.open(3, KEY, each));
    }
    refuses(new KeySealer(keys, random), 3, KEY, after);
  }

  @Test
  void neverUsesANonceTwiceWithAKey() {
    Set<String> used = new HashSet<>();
    DataKeys more = keys.next(random, 2_000);
    for (DataKeys each : new DataKeys[] {keys, keys, more, keys}) {
      KeySealer opened = new KeySealer(each, random);
      IntStream.range(0, 2_000)
          .parallel()
          .mapToObj(i -> header(opened))
          .toList()
          .forEach(header -> assertTrue(used.add(header), header));
    }
  }

  @Test
  void derivesAKeyAnewWhenOneHasSealedItsShare() {
    KeySealer small = new KeySealer(keys, random, 10);
    Set<String> headers = new HashSet<>();
    Set<SealedLayout.Salt> salts = new HashSet<>();
    for (int i = 0; i < 25; i++) {
      byte[] sealed = small.seal(3, KEY, VALUE);
      salts.add(SealedLayout.salt(sealed));
      assertTrue(headers.add(header(sealed)));
      assertArrayEquals(VALUE, small.open(3, KEY, sealed));
      assertArrayEquals(VALUE, sealer.open(3, KEY, sealed));
    }
    assertEquals(3, salts.size());
  }

  private static String header(KeySealer opened) {
    return header(opened.seal(3, KEY, VALUE));
  }

  private static String header(byte[] sealed) {
    return HexFormat.of().formatHex(sealed, 0, SealedLayout.HEADER_BYTES);
  }

  @Test
  void opensNothingOnceTheKeysAreCleared() {
    byte[] before = new KeySealer(keys, random).seal(3, KEY, VALUE);
    sealer.clear();
    refuses(sealer, 3, KEY, before);
  }

  @Test
  void aStoreWithoutKeysRefusesASealedValue() {
    byte[] sealed = sealer.seal(3, KEY, VALUE);
    assertThrows(EncryptionException.class, () -> Sealer.PLAIN.open(3, KEY, sealed));
    assertArrayEquals(VALUE, Sealer.PLAIN.open(3, KEY, VALUE));
    assertArrayEquals(VALUE, Sealer.PLAIN.seal(3, KEY, VALUE));
  }
}
