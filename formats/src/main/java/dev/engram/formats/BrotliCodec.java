package dev.engram.formats;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import com.aayushatharva.brotli4j.encoder.BrotliOutputStream;
import com.aayushatharva.brotli4j.encoder.Encoder;
import dev.engram.UnsupportedFeatureException;
import dev.engram.spi.Codec;
import dev.engram.spi.Match;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Brotli, whose files begin with no mark and have no checksum of their own. Stateless. */
public final class BrotliCodec implements Codec {
  @Override
  public String name() {
    return "brotli";
  }

  @Override
  public int leastLevel() {
    return 1;
  }

  @Override
  public int usualLevel() {
    return 5;
  }

  @Override
  public int mostLevel() {
    return 11;
  }

  @Override
  public Match match(byte[] beginning) {
    return Match.MAYBE;
  }

  @Override
  public OutputStream compress(OutputStream out, int level) throws IOException {
    requireLibrary();
    return new BrotliOutputStream(out, new Encoder.Parameters().setQuality(level));
  }

  @Override
  public InputStream decompress(InputStream in) throws IOException {
    requireLibrary();
    BrotliInputStream expanded = new BrotliInputStream(in);
    // Else the beginning of a file, which tells its form, might give nothing.
    expanded.enableEagerOutput();
    return expanded;
  }

  private static void requireLibrary() {
    if (!Brotli4jLoader.isAvailable()) {
      throw new UnsupportedFeatureException(
          "brotli is not there: platform="
              + System.getProperty("os.name")
              + "/"
              + System.getProperty("os.arch")
              + "; add its native library to the class path, or use another compression",
          Brotli4jLoader.getUnavailabilityCause());
    }
  }
}
