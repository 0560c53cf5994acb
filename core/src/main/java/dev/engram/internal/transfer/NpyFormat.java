package dev.engram.internal.transfer;

import dev.engram.InvalidInputException;
import dev.engram.internal.crypto.SealedInput;
import dev.engram.internal.crypto.SealedOutput;
import dev.engram.spi.Match;
import dev.engram.spi.TransferFormat;
import dev.engram.spi.TransferItem;
import dev.engram.spi.TransferItem.Entry;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Vectors alone as one array of NumPy, version 1: float32, C order, a row a record. The header says
 * how many there are, so that the rows go through a temporary file, which is encrypted by a key
 * that nobody keeps. A record without a vector is left out. Stateless.
 */
final class NpyFormat implements TransferFormat {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int ALIGNMENT = 64;
  private static final int MAX_HEADER = 4_096;
  private static final Pattern SHAPE =
      Pattern.compile("'shape':\\s*\\(\\s*(\\d{1,18})\\s*,\\s*(\\d{1,9})\\s*,?\\s*\\)");

  @Override
  public String name() {
    return "npy";
  }

  @Override
  public boolean keepsAll() {
    return false;
  }

  @Override
  public Match match(byte[] beginning) {
    return beginning.length > MAGIC.length
            && Arrays.equals(Arrays.copyOf(beginning, MAGIC.length), MAGIC)
        ? Match.YES
        : Match.NO;
  }

  @Override
  public Sink write(OutputStream out) throws IOException {
    return new Rows(out);
  }

  @Override
  public Source read(InputStream in) throws IOException {
    return new RowSource(in);
  }

  private static byte[] header(long rows, int dimension) {
    String shape =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (" + rows + ", " + dimension + "), }";
    int bare = MAGIC.length + 4 + shape.length() + 1;
    int padding = (ALIGNMENT - bare % ALIGNMENT) % ALIGNMENT;
    byte[] text = (shape + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
    byte[] header = Arrays.copyOf(MAGIC, MAGIC.length + 4 + text.length);
    header[MAGIC.length] = 1;
    header[MAGIC.length + 2] = (byte) text.length;
    header[MAGIC.length + 3] = (byte) (text.length >> 8);
    System.arraycopy(text, 0, header, MAGIC.length + 4, text.length);
    return header;
  }

  private static final class Rows implements Sink {
    private final OutputStream out;
    private final Path draft = Files.createTempFile("engram", ".npy");
    private final OutputStream file = Files.newOutputStream(draft);
    private final SecureRandom random = new SecureRandom();
    private final DraftKey key = new DraftKey(random);
    private final SealedOutput rows = SealedOutput.begin(file, key, random);
    private long count;
    private int dimension;

    Rows(OutputStream out) throws IOException {
      this.out = out;
    }

    @Override
    public void write(TransferItem item) throws IOException {
      float[] vector = item instanceof Entry entry ? entry.vector().orElse(null) : null;
      if (vector != null) {
        dimension = vector.length;
        count++;
        rows.write(VectorRows.bytes(vector));
      }
    }

    @Override
    public void close() throws IOException {
      try {
        try (OutputStream _ = file) {
          rows.finish();
        }
        out.write(header(count, dimension));
        try (InputStream in = Files.newInputStream(draft)) {
          long _ = SealedInput.open(in, key).transferTo(out);
        }
      } finally {
        boolean _ = Files.deleteIfExists(draft);
      }
    }
  }

  private static final class RowSource implements Source {
    private final InputStream in;
    private final long rows;
    private final int dimension;
    private long row;

    RowSource(InputStream in) throws IOException {
      this.in = in;
      Matcher shape = SHAPE.matcher(header(in));
      if (!shape.find()) {
        throw new InvalidInputException("cannot read the import: it is no array of two dimensions");
      }
      this.rows = Long.parseLong(shape.group(1));
      this.dimension = rows == 0 ? 1 : VectorRows.checkDimension(Long.parseLong(shape.group(2)));
    }

    private static String header(InputStream in) throws IOException {
      byte[] start = in.readNBytes(MAGIC.length + 2);
      boolean second = start.length > MAGIC.length && start[MAGIC.length] > 1;
      byte[] length = in.readNBytes(second ? 4 : 2);
      if (length.length < 2) {
        throw new EOFException("the header is cut short");
      }
      int bytes = VectorRows.number(Arrays.copyOf(length, 4));
      if (bytes < 0 || bytes > MAX_HEADER) {
        throw new InvalidInputException(
            "cannot read the import: headerBytes=" + bytes + ", allowed=0.." + MAX_HEADER);
      }
      String text = new String(in.readNBytes(bytes), StandardCharsets.US_ASCII);
      if (!text.contains("'<f4'") || text.contains("'fortran_order': True")) {
        throw new InvalidInputException(
            "cannot read the import: an array must be of little-endian float32 in C order;"
                + " save it with numpy.save(file, array.astype('<f4'))");
      }
      return text;
    }

    @Override
    public @Nullable TransferItem next() throws IOException {
      if (row == rows) {
        if (in.read() >= 0) {
          throw new IOException("something follows the array");
        }
        return null;
      }
      byte[] bytes = VectorRows.read(in, dimension * Float.BYTES);
      if (bytes.length == 0) {
        throw new EOFException("rows=" + row + " of " + rows);
      }
      return VectorRows.entry(row++, VectorRows.floats(bytes));
    }

    @Override
    public void close() {}
  }
}
