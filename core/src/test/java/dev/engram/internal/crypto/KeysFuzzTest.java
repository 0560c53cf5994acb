package dev.engram.internal.crypto;

import dev.engram.CorruptStoreException;
import dev.engram.EngramException;
import dev.engram.internal.format.ByteWriter;
import dev.engram.testing.Fuzzing;
import java.security.SecureRandom;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Files of keys and sealed values that nobody wrote. */
class KeysFuzzTest {
  private final SecureRandom random = new SecureRandom();
  private final byte[] master = new byte[DataKeys.KEY_BYTES];
  private final DataKeys keys = DataKeys.fresh(random, 1_000).next(random, 2_000);

  @Test
  void filesOfKeys() {
    byte[] file = KeysLayout.encode(keys, "main", master, random);
    Fuzzing.of("file of keys", EngramException.class, List.of(file))
        .ending(KeysFuzzTest::summed)
        .run(bytes -> {
          KeysLayout.Contents _ = KeysLayout.contents(bytes);
          KeysLayout.unwrap(bytes, master).clear();
        });
  }

  private static byte[] summed(byte[] bytes) {
    int body = Math.max(0, bytes.length - Integer.BYTES);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, body);
    return new ByteWriter().raw(bytes, 0, body).i32((int) crc.getValue()).toBytes();
  }

  @Test
  void sealedValues() {
    KeySealer sealer = new KeySealer(keys, random);
    byte[] row = {1, 2, 3};
    List<byte[]> sealed =
        List.of(sealer.seal(3, row, new byte[0]), sealer.seal(3, row, new byte[100]));
    Fuzzing.of("sealed value", CorruptStoreException.class, sealed)
        .run(bytes -> {
          byte[] _ = sealer.open(3, row, bytes);
        });
  }
}
