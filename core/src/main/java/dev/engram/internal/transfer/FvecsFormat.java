package dev.engram.internal.transfer;

import dev.engram.Limits;
import dev.engram.spi.Match;
import dev.engram.spi.TransferFormat;
import dev.engram.spi.TransferItem;
import dev.engram.spi.TransferItem.Entry;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Vectors alone, as the data sets of nearest-neighbour search have them: the dimension (4 bytes,
 * little-endian) and so many float32, one after the other. A record without a vector is left out.
 * Stateless.
 */
final class FvecsFormat implements TransferFormat {
  @Override
  public String name() {
    return "fvecs";
  }

  @Override
  public boolean keepsAll() {
    return false;
  }

  /** It has no mark: two rows of one dimension are as good. */
  @Override
  public Match match(byte[] beginning) {
    if (beginning.length < 2 * Integer.BYTES) {
      return Match.NO;
    }
    int dimension = VectorRows.number(Arrays.copyOf(beginning, Integer.BYTES));
    int second = Integer.BYTES + dimension * Float.BYTES;
    if (dimension < 1 || dimension > Limits.MAX_DIMENSION || beginning.length < second) {
      return Match.NO;
    }
    boolean only = beginning.length == second;
    byte[] next = Arrays.copyOfRange(beginning, second, second + Integer.BYTES);
    return only || VectorRows.number(next) == dimension ? Match.MAYBE : Match.NO;
  }

  @Override
  public Sink write(OutputStream out) {
    return new Rows(out);
  }

  @Override
  public Source read(InputStream in) {
    return new RowSource(in);
  }

  private record Rows(OutputStream out) implements Sink {
    @Override
    public void write(TransferItem item) throws IOException {
      float[] vector = item instanceof Entry entry ? entry.vector().orElse(null) : null;
      if (vector != null) {
        out.write(VectorRows.bytes(vector.length));
        out.write(VectorRows.bytes(vector));
      }
    }

    @Override
    public void close() throws IOException {
      out.flush();
    }
  }

  private static final class RowSource implements Source {
    private final InputStream in;
    private long row;

    RowSource(InputStream in) {
      this.in = in;
    }

    @Override
    public @Nullable TransferItem next() throws IOException {
      byte[] head = VectorRows.read(in, Integer.BYTES);
      if (head.length == 0) {
        return null;
      }
      int dimension = VectorRows.checkDimension(VectorRows.number(head));
      byte[] bytes = VectorRows.read(in, dimension * Float.BYTES);
      if (bytes.length == 0) {
        throw new EOFException("a row lacks its components");
      }
      return VectorRows.entry(row++, VectorRows.floats(bytes));
    }

    @Override
    public void close() {}
  }
}
