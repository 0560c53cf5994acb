package dev.engram.internal.transfer;

import dev.engram.spi.Codec;
import dev.engram.spi.Match;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** What {@code gzip} does. */
final class GzipCodec implements Codec {
  private static final int BUFFER = 1 << 16;

  @Override
  public String name() {
    return "gzip";
  }

  @Override
  public int leastLevel() {
    return 1;
  }

  @Override
  public int usualLevel() {
    return 6;
  }

  @Override
  public int mostLevel() {
    return 9;
  }

  @Override
  public Match match(byte[] beginning) {
    return beginning.length > 2 && beginning[0] == 0x1F && beginning[1] == (byte) 0x8B
        ? Match.YES
        : Match.NO;
  }

  @Override
  public OutputStream compress(OutputStream out, int level) throws IOException {
    return new Leveled(out, level);
  }

  @Override
  public InputStream decompress(InputStream in) throws IOException {
    return new GZIPInputStream(in, BUFFER);
  }

  /** The JDK's stream with a level. */
  private static final class Leveled extends GZIPOutputStream {
    Leveled(OutputStream out, int level) throws IOException {
      super(out, BUFFER);
      def.setLevel(level);
    }
  }
}
