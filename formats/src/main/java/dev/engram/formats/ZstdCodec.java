package dev.engram.formats;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import dev.engram.spi.Codec;
import dev.engram.spi.Match;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Zstandard frames with a checksum, as the program {@code zstd} writes them. Stateless. */
public final class ZstdCodec implements Codec {
  private static final int[] MAGIC = {0x28, 0xB5, 0x2F, 0xFD};

  @Override
  public String name() {
    return "zstd";
  }

  @Override
  public int leastLevel() {
    return 1;
  }

  @Override
  public int usualLevel() {
    return 3;
  }

  @Override
  public int mostLevel() {
    return 19;
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
    return new ZstdOutputStream(out, level).setChecksum(true);
  }

  @Override
  public InputStream decompress(InputStream in) throws IOException {
    return new ZstdInputStream(in);
  }
}
