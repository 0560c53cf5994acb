package dev.engram.internal.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.engram.CorruptStoreException;
import dev.engram.EngramException;
import dev.engram.Limits;
import dev.engram.Metadata;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MetadataLayoutTest {
  private static final Metadata SAMPLE =
      Metadata.of("s", "é", "i", -3, "d", 1.5, "b", true, "f", false)
          .with("t", Instant.ofEpochSecond(1, 2))
          .with("l", List.of(1, "x"))
          .with("m", Map.of("k", List.of()));

  private static final String GOLDEN =
      "08"
          + "0173"
          + "00"
          + "02c3a9"
          + "0169"
          + "01"
          + "05"
          + "0164"
          + "02"
          + "3ff8000000000000"
          + "0162"
          + "04"
          + "0166"
          + "03"
          + "0174"
          + "05"
          + "02"
          + "02"
          + "016c"
          + "06"
          + "02"
          + "0102"
          + "000178"
          + "016d"
          + "07"
          + "01"
          + "016b"
          + "06"
          + "00";

  @Test
  void writesTheGoldenBytesAndReadsThemBack() {
    assertEquals(GOLDEN, HexFormat.of().formatHex(bytes(SAMPLE)));
    Metadata read = read(HexFormat.of().parseHex(GOLDEN));
    assertEquals(SAMPLE, read);
    assertEquals(List.copyOf(SAMPLE.asMap().keySet()), List.copyOf(read.asMap().keySet()));
  }

  @Test
  void keepsExtremeValues() {
    Metadata extreme =
        Metadata.of("min", Long.MIN_VALUE, "max", Long.MAX_VALUE, "zero", -0.0)
            .with("first", Instant.MIN)
            .with("last", Instant.MAX)
            .with("replacement", "\uFFFD");
    assertEquals(extreme, read(bytes(extreme)));
    assertEquals(Metadata.empty(), read(bytes(Metadata.empty())));
  }

  @Test
  void refusesEveryTruncation() {
    byte[] whole = bytes(SAMPLE);
    for (int length = 0; length < whole.length; length++) {
      ByteReader cut = new ByteReader(whole, 0, length, "metadata");
      assertThrows(CorruptStoreException.class, () -> MetadataLayout.decode(cut));
    }
  }

  @Test
  void refusesHostileInput() {
    refused("01" + "0161" + "08");
    refused("02" + "0161" + "04" + "0161" + "04");
    refused("01" + "0120" + "04");
    refused("01" + "0161" + "02" + "7ff8000000000000");
    refused("01" + "0161" + "00" + "01ff");
    refused("01" + "0161" + "05" + "00" + "8094ebdc03");
    refused("01" + "0161" + "05" + "ffffffffffffffffff01" + "00");
    refused("01" + "0161" + "06" + "ffffffff0f");
    refused("01" + "0161" + "0601".repeat(Limits.MAX_DEPTH + 1) + "04");
    refused("01" + "0161" + "0601".repeat(100_000) + "04");
    assertEquals(
        1, read(hex("01" + "0161" + "0601".repeat(Limits.MAX_DEPTH) + "04")).asMap().size());
  }

  @Test
  void neverFailsOtherwiseOnRandomDamage() {
    long seed = Long.getLong("engram.seed", System.nanoTime());
    Random random = new Random(seed);
    byte[] whole = bytes(SAMPLE);
    for (int round = 0; round < 20_000; round++) {
      byte[] damaged = whole.clone();
      for (int i = random.nextInt(3); i >= 0; i--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        byte[] again = bytes(read(damaged));
        assertEquals(read(damaged), read(again), "seed=" + seed);
      } catch (EngramException e) {
        assertEquals(CorruptStoreException.class, e.getClass(), "seed=" + seed);
      }
    }
  }

  @Test
  void givesEqualBytesForEqualOrder() {
    assertArrayEquals(bytes(SAMPLE), bytes(read(bytes(SAMPLE))));
  }

  private static void refused(String hex) {
    assertThrows(CorruptStoreException.class, () -> read(hex(hex)), hex);
  }

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static byte[] bytes(Metadata metadata) {
    ByteWriter out = new ByteWriter();
    MetadataLayout.encode(out, metadata);
    return out.toBytes();
  }

  private static Metadata read(byte[] bytes) {
    ByteReader in = new ByteReader(bytes, "metadata");
    Metadata metadata = MetadataLayout.decode(in);
    return metadata;
  }
}
