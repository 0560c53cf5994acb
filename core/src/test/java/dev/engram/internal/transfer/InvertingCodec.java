package dev.engram.internal.transfer;

import dev.engram.spi.Codec;
import dev.engram.spi.Match;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Inverts every bit, which nobody can see by how a file begins. */
public final class InvertingCodec implements Codec {
  @Override
  public String name() {
    return "inverted";
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
    return 1;
  }

  @Override
  public Match match(byte[] beginning) {
    return Match.MAYBE;
  }

  @Override
  public OutputStream compress(OutputStream out, int level) {
    return new FilterOutputStream(out) {
      @Override
      public void write(int b) throws IOException {
        out.write(~b);
      }
    };
  }

  @Override
  public InputStream decompress(InputStream in) {
    return new FilterInputStream(in) {
      @Override
      public int read() throws IOException {
        int b = in.read();
        return b < 0 ? b : ~b & 0xFF;
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        int read = in.read(target, offset, length);
        for (int i = offset; i < offset + read; i++) {
          target[i] = (byte) ~target[i];
        }
        return read;
      }
    };
  }
}
