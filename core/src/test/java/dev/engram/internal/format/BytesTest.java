package dev.engram.internal.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.engram.CorruptStoreException;
import org.junit.jupiter.api.Test;

class BytesTest {
  @Test
  void readsBackWhatWasWritten() {
    byte[] bytes =
        new ByteWriter()
            .u8(200)
            .i32(-7)
            .i64(Long.MIN_VALUE)
            .f64(0.25)
            .varint(300)
            .text("naïve")
            .block(new byte[] {1, 2})
            .floats(new float[] {1.5f, -2f})
            .toBytes();

    ByteReader reader = new ByteReader(bytes, "test");

    assertEquals(200, reader.u8());
    assertEquals(-7, reader.i32());
    assertEquals(Long.MIN_VALUE, reader.i64());
    assertEquals(0.25, reader.f64());
    assertEquals(300, reader.varint());
    assertEquals("naïve", reader.text());
    assertArrayEquals(new byte[] {1, 2}, reader.block());
    assertArrayEquals(new float[] {1.5f, -2f}, reader.floats(2));
    assertEquals(0, reader.remaining());
  }

  @Test
  void reportsShortInputAsCorruption() {
    ByteReader reader = new ByteReader(new byte[3], "test");

    assertThrows(CorruptStoreException.class, reader::i32);
  }

  @Test
  void refusesALengthThatExceedsTheInput() {
    byte[] bytes = new ByteWriter().varint(Integer.MAX_VALUE).toBytes();

    assertThrows(CorruptStoreException.class, () -> new ByteReader(bytes, "test").block());
  }
}
