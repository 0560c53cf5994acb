package dev.engram.formats;

import dev.engram.EngramException;
import dev.engram.spi.Codec;
import dev.engram.spi.Match;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG;
import net.jpountz.xxhash.XXHashFactory;

/** LZ4 frames with a checksum, as the program {@code lz4} writes them. Stateless. */
public final class Lz4Codec implements Codec {
  private static final int[] MAGIC = {0x04, 0x22, 0x4D, 0x18};

  @Override
  public String name() {
    return "lz4";
  }

  @Override
  public int leastLevel() {
    return 1;
  }

  @Override
  public int usualLevel() {
    return 1;
  }

  @Override
  public int mostLevel() {
    return 12;
  }

  @Override
  public boolean joins() {
    return true;
  }

  @Override
  public Match match(byte[] beginning) {
    return Magic.match(beginning, MAGIC);
  }

  @Override
  public OutputStream compress(OutputStream out, int level) throws IOException {
    LZ4Factory factory = LZ4Factory.fastestInstance();
    LZ4Compressor compressor =
        level == leastLevel() ? factory.fastCompressor() : factory.highCompressor(level);
    return new LZ4FrameOutputStream(
        out,
        BLOCKSIZE.SIZE_256KB,
        -1,
        compressor,
        XXHashFactory.fastestInstance().hash32(),
        FLG.Bits.BLOCK_INDEPENDENCE,
        FLG.Bits.CONTENT_CHECKSUM);
  }

  @Override
  public InputStream decompress(InputStream in) throws IOException {
    return new Frames(new LZ4FrameInputStream(in));
  }

  /** What the library throws of its own where a header is damaged is damage as any other. */
  private static final class Frames extends FilterInputStream {
    Frames(InputStream frames) {
      super(frames);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      try {
        return super.read(target, offset, length);
      } catch (EngramException e) {
        throw e;
      } catch (RuntimeException e) {
        throw new IOException("damaged LZ4 frame", e);
      }
    }
  }
}
