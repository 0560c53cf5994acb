package dev.engram.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VectorFileTest {
  @TempDir Path folder;

  @Test
  void readsUnsignedBytesGzippedOrNot() throws IOException {
    byte[] bytes = {0, 1, (byte) 255, 4, 5, 6};
    Path plain = Files.write(folder.resolve("v.u8"), bytes);
    Path packed = folder.resolve("v.u8.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      out.write(bytes);
    }
    for (Path file : List.of(plain, packed)) {
      float[][] rows = VectorFile.U8.read(file, 3, 10);
      assertEquals(2, rows.length);
      assertArrayEquals(new float[] {0, 1, 255}, rows[0]);
      assertArrayEquals(new float[] {4, 5, 6}, rows[1]);
    }
  }

  @Test
  void readsLittleEndianFloatsUpToALimit() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(new float[] {1, 2, 3, 4, 5, 6});
    Path file = Files.write(folder.resolve("v.f32"), bytes.array());
    assertEquals(3, VectorFile.F32.read(file, 2, 10).length);
    float[][] rows = VectorFile.F32.read(file, 2, 2);
    assertEquals(2, rows.length);
    assertArrayEquals(new float[] {3, 4}, rows[1]);
  }

  @Test
  void readsTheFvecsThatItAppends() throws IOException {
    Path file = folder.resolve("v.fvecs");
    VectorFile.append(file, List.of(new float[] {1, 2, 3}, new float[] {-4, .5f, 6}));
    VectorFile.append(file, List.of(new float[] {7, 8, 9}));
    float[][] rows = VectorFile.FVECS.read(file, 0, 100);
    assertEquals(3, rows.length);
    assertArrayEquals(new float[] {-4, .5f, 6}, rows[1]);
    assertArrayEquals(new float[] {7, 8, 9}, rows[2]);
    assertEquals(3 * (4 + 3 * 4), Files.size(file));
  }

  @Test
  void refusesAFileThatEndsWithinARow() throws IOException {
    Path bytes = Files.write(folder.resolve("short.u8"), new byte[7]);
    assertThrows(IOException.class, () -> VectorFile.U8.read(bytes, 3, 10));
    Path fvecs = Files.write(folder.resolve("short.fvecs"), new byte[] {2, 0, 0, 0, 1, 1});
    assertThrows(IOException.class, () -> VectorFile.FVECS.read(fvecs, 0, 10));
  }

  @Test
  void refusesFvecsOfNoOrDifferentDimensions() throws IOException {
    Path none = Files.write(folder.resolve("none.fvecs"), new byte[8]);
    assertThrows(IOException.class, () -> VectorFile.FVECS.read(none, 0, 10));
    Path mixed = folder.resolve("mixed.fvecs");
    VectorFile.append(mixed, List.of(new float[2], new float[3]));
    assertThrows(IOException.class, () -> VectorFile.FVECS.read(mixed, 0, 10));
  }
}
