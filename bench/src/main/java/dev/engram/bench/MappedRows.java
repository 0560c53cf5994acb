package dev.engram.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Vectors in a mapped file, so that they take no heap from what is measured. */
final class MappedRows implements Truth.Rows, AutoCloseable {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int count;
  private final int dimension;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment floats;

  private MappedRows(Path file, int count, int dimension) throws IOException {
    this.count = count;
    this.dimension = dimension;
    try (FileChannel channel = FileChannel.open(file)) {
      this.floats = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    }
  }

  /** Writes a file and maps it. */
  static MappedRows write(Path file, int count, int dimension, Supplier<float[]> source)
      throws IOException {
    ByteBuffer row = ByteBuffer.allocate(dimension * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      for (int i = 0; i < count; i++) {
        row.asFloatBuffer().put(source.get());
        out.write(row.array());
      }
    }
    return new MappedRows(file, count, dimension);
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public float[] row(int ordinal) {
    float[] row = new float[dimension];
    MemorySegment.copy(floats, FLOAT, (long) ordinal * dimension * Float.BYTES, row, 0, dimension);
    return row;
  }

  @Override
  public void close() {
    arena.close();
  }
}
