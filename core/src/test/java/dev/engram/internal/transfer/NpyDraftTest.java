package dev.engram.internal.transfer;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.spi.TransferFormat.Sink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The temporary file of the form npy. */
class NpyDraftTest {
  private static final String SECRET = "vectors tell what they are of...";

  @Test
  void showsNothingOfTheVectorsThatGoThroughIt() throws IOException {
    float[] vector = new float[SECRET.length() / Float.BYTES];
    ByteBuffer.wrap(SECRET.getBytes(StandardCharsets.US_ASCII))
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(vector);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long written;
    try (Sink sink = new NpyFormat().write(out)) {
      for (int i = 0; i < 20_000; i++) {
        sink.write(VectorRows.entry(i, vector));
      }
      written = largestDraft();
    }
    assertTrue(written > 100_000, "bytes=" + written);
    assertTrue(out.toString(StandardCharsets.ISO_8859_1).contains(SECRET));
  }

  /** The bytes of the largest draft that is there, none of which may show the secret. */
  private static long largestDraft() throws IOException {
    long largest = 0;
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    try (DirectoryStream<Path> drafts = Files.newDirectoryStream(temporary, "engram*.npy")) {
      for (Path draft : drafts) {
        try {
          byte[] bytes = Files.readAllBytes(draft);
          assertFalse(new String(bytes, StandardCharsets.ISO_8859_1).contains(SECRET));
          largest = Math.max(largest, bytes.length);
        } catch (NoSuchFileException e) {
          // It is of another test, which is done with it.
        }
      }
    }
    return largest;
  }
}
