package dev.engram.bench;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Files of vectors, one row after the other; gzipped where the name ends with {@code .gz}. */
enum VectorFile {
  /** Rows of unsigned bytes, no header. */
  U8(1),

  /** Rows of little-endian floats, no header. */
  F32(Float.BYTES),

  /** Rows of little-endian floats, each after its dimension as a little-endian int. */
  FVECS(Float.BYTES);

  private static final int BUFFER_BYTES = 1 << 20;

  private final int bytesEach;

  VectorFile(int bytesEach) {
    this.bytesEach = bytesEach;
  }

  /**
   * Reads the first rows of a file.
   *
   * @param dimension of each row; not looked at where the file tells it
   * @param limit at most so many rows
   * @throws IOException where the file ends within a row, or its rows differ in dimension
   */
  float[][] read(Path file, int dimension, int limit) throws IOException {
    List<float[]> rows = new ArrayList<>();
    try (InputStream in = open(file)) {
      while (rows.size() < limit) {
        int wanted = this == FVECS ? header(in, file) : dimension;
        byte[] bytes = wanted < 0 ? new byte[0] : in.readNBytes(wanted * bytesEach);
        if (wanted < 0 || (this != FVECS && bytes.length == 0)) {
          break;
        }
        if (bytes.length < wanted * bytesEach) {
          throw new IOException(
              "the file ends within a row: file=" + file + ", row=" + rows.size());
        }
        if (!rows.isEmpty() && rows.getFirst().length != wanted) {
          throw new IOException("rows differ: file=" + file + ", row=" + rows.size());
        }
        rows.add(row(bytes, wanted));
      }
    }
    return rows.toArray(float[][]::new);
  }

  /** Adds rows to the end of an fvecs file, which is made where there is none. */
  static void append(Path file, List<float[]> rows) throws IOException {
    try (OutputStream out =
        new BufferedOutputStream(
            Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND))) {
      for (float[] row : rows) {
        ByteBuffer bytes =
            ByteBuffer.allocate(Integer.BYTES + row.length * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(row.length);
        bytes.asFloatBuffer().put(row);
        out.write(bytes.array());
      }
    }
  }

  private static InputStream open(Path file) throws IOException {
    InputStream raw = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
    return file.toString().endsWith(".gz") ? new GZIPInputStream(raw, BUFFER_BYTES) : raw;
  }

  /** The dimension of the next row; -1 at the end. */
  private static int header(InputStream in, Path file) throws IOException {
    byte[] bytes = in.readNBytes(Integer.BYTES);
    if (bytes.length == 0) {
      return -1;
    }
    int dimension =
        bytes.length < Integer.BYTES
            ? 0
            : ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
    if (dimension < 1 || dimension > 1 << 16) {
      throw new IOException("not an fvecs file: file=" + file + ", dimension=" + dimension);
    }
    return dimension;
  }

  private float[] row(byte[] bytes, int dimension) {
    float[] row = new float[dimension];
    if (this == U8) {
      for (int i = 0; i < dimension; i++) {
        row[i] = bytes[i] & 0xFF;
      }
    } else {
      FloatBuffer floats = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
      floats.get(row);
    }
    return row;
  }
}
