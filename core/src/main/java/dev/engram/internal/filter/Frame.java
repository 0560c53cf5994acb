package dev.engram.internal.filter;

import dev.engram.CorruptStoreException;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A checksummed stream: magic and version, then blocks, each verified before a byte of it is used.
 *
 * <pre>
 * i32 magic "EGFI", u8 version, then blocks:
 *   i32 length (0 in the last block), the bytes, i32 CRC32C of everything from the magic up to here
 * </pre>
 *
 * <p>Truncated, altered, reordered and foreign input is a {@link CorruptStoreException}; an {@link
 * IOException} comes from the stream itself. Does not close the stream.
 */
final class Frame {
  private static final int MAGIC = 0x45474649;
  private static final int VERSION = 1;
  private static final int BLOCK_BYTES = 64 * 1024;

  private Frame() {}

  /** Starts a frame; {@link Output#finish} ends it. */
  static Output output(OutputStream out) throws IOException {
    return new Output(new Sink(out));
  }

  /** Opens a frame. */
  static DataInputStream input(InputStream in) throws IOException {
    return new DataInputStream(new Source(in));
  }

  /** Reads a length and as many bytes, however absurd the length, without trusting it. */
  static byte[] block(DataInput in) throws IOException {
    int length = in.readInt();
    byte[] bytes = new byte[Math.min(Math.max(length, 0), BLOCK_BYTES)];
    if (length < 0) {
      throw damaged("length=" + length);
    }
    for (int at = 0; at < length; ) {
      int step = Math.min(length - at, BLOCK_BYTES);
      if (at + step > bytes.length) {
        bytes = Arrays.copyOf(bytes, (int) Math.min(length, 2L * (at + step)));
      }
      in.readFully(bytes, at, step);
      at += step;
    }
    return bytes;
  }

  static CorruptStoreException damaged(String why) {
    return new CorruptStoreException("damaged filter index: " + why + "; rebuild the view");
  }

  /** What a frame's content is written to. */
  static final class Output extends DataOutputStream {
    private final Sink sink;

    private Output(Sink sink) {
      super(sink);
      this.sink = sink;
    }

    /** Writes what is buffered and the end mark. */
    void finish() throws IOException {
      flush();
      sink.finish();
    }
  }

  private static final class Sink extends OutputStream {
    private final CRC32C checksum = new CRC32C();
    private final DataOutputStream out;
    private final byte[] buffer = new byte[BLOCK_BYTES];
    private int buffered;

    Sink(OutputStream out) throws IOException {
      this.out = new DataOutputStream(out);
      this.out.writeInt(MAGIC);
      this.out.writeByte(VERSION);
      countInt(checksum, MAGIC);
      checksum.update(VERSION);
    }

    @Override
    public void write(int value) throws IOException {
      if (buffered == buffer.length) {
        writeBlock();
      }
      buffer[buffered++] = (byte) value;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      for (int done = 0; done < length; ) {
        if (buffered == buffer.length) {
          writeBlock();
        }
        int step = Math.min(length - done, buffer.length - buffered);
        System.arraycopy(bytes, offset + done, buffer, buffered, step);
        buffered += step;
        done += step;
      }
    }

    private void writeBlock() throws IOException {
      countInt(checksum, buffered);
      checksum.update(buffer, 0, buffered);
      out.writeInt(buffered);
      out.write(buffer, 0, buffered);
      out.writeInt((int) checksum.getValue());
      buffered = 0;
    }

    void finish() throws IOException {
      if (buffered > 0) {
        writeBlock();
      }
      writeBlock();
      out.flush();
    }
  }

  private static final class Source extends InputStream {
    private final CRC32C checksum = new CRC32C();
    private final InputStream in;
    private final byte[] buffer = new byte[BLOCK_BYTES];
    private int at;
    private int end;
    private boolean ended;

    Source(InputStream in) throws IOException {
      this.in = in;
      if (readInt() != MAGIC) {
        throw damaged("this is no filter index");
      }
      int version = in.read();
      if (version != VERSION) {
        throw damaged("version=" + version + " is unknown");
      }
      countInt(checksum, MAGIC);
      checksum.update(VERSION);
    }

    private int readInt() throws IOException {
      byte[] bytes = in.readNBytes(Integer.BYTES);
      if (bytes.length < Integer.BYTES) {
        throw damaged("truncated");
      }
      return (bytes[0] & 0xFF) << 24
          | (bytes[1] & 0xFF) << 16
          | (bytes[2] & 0xFF) << 8
          | (bytes[3] & 0xFF);
    }

    private boolean fill() throws IOException {
      if (ended) {
        return false;
      }
      int length = readInt();
      if (length < 0 || length > BLOCK_BYTES) {
        throw damaged("block length=" + length);
      }
      if (in.readNBytes(buffer, 0, length) < length) {
        throw damaged("truncated");
      }
      countInt(checksum, length);
      checksum.update(buffer, 0, length);
      if (readInt() != (int) checksum.getValue()) {
        throw damaged("a checksum differs");
      }
      at = 0;
      end = length;
      ended = length == 0;
      return !ended;
    }

    @Override
    public int read() throws IOException {
      return at < end || fill() ? buffer[at++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (at == end && !fill()) {
        return -1;
      }
      int step = Math.min(length, end - at);
      System.arraycopy(buffer, at, bytes, offset, step);
      at += step;
      return step;
    }
  }

  private static void countInt(CRC32C checksum, int value) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      checksum.update(value >>> shift);
    }
  }
}
