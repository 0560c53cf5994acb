package dev.engram.internal.transfer;

import dev.engram.Import;
import dev.engram.InvalidInputException;
import dev.engram.UnsupportedFeatureException;
import dev.engram.internal.crypto.SealedInput;
import dev.engram.spi.Codec;
import dev.engram.spi.Match;
import dev.engram.spi.TransferFormat;
import dev.engram.spi.TransferFormat.Source;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file that is being read, whose encryption, compression and form were told by its content. Not
 * thread-safe.
 *
 * @param sealed null where it is not encrypted
 * @param codec empty where it is not compressed
 */
record Opened(
    TransferFormat format,
    @Nullable SealedInput sealed,
    Optional<Codec> codec,
    Expanded content,
    Source source,
    InputStream raw)
    implements AutoCloseable {
  /** Bytes by which compression and form are told. */
  private static final int BEGINNING = 8 * 1024;

  static Opened of(Forms forms, Import how, Unsealing keys, InputStream in) throws IOException {
    OwnInput file = new OwnInput(in);
    BufferedInputStream outer = new BufferedInputStream(file, 1 << 16);
    SealedInput sealed = keys.open(outer);
    BufferedInputStream buffered =
        sealed == null ? outer : new BufferedInputStream(sealed, 1 << 16);
    Optional<Codec> codec = codec(forms, beginning(buffered));
    InputStream raw = codec.isPresent() ? codec.get().decompress(buffered) : buffered;
    Expanded content = new Expanded(raw, file, how.maxBytes());
    BufferedInputStream inner = new BufferedInputStream(content, 1 << 16);
    TransferFormat format = format(forms, how, beginning(inner));
    if (sealed != null) {
      keys.require(format);
    }
    return new Opened(format, sealed, codec, content, format.read(inner), raw);
  }

  /** Checks an encrypted file to its end, also where its form read no further than it had to. */
  void finish() throws IOException {
    if (sealed != null) {
      long _ = sealed.transferTo(OutputStream.nullOutputStream());
    }
  }

  /** The form of a file by how it begins. */
  static Optional<String> formOf(Forms forms, Unsealing keys, InputStream in) {
    try {
      BufferedInputStream outer = new BufferedInputStream(new OwnInput(in), 1 << 16);
      SealedInput sealed = keys.open(outer);
      byte[] beginning = (sealed == null ? outer : sealed).readNBytes(BEGINNING);
      Optional<Codec> codec = codec(forms, beginning);
      byte[] inner = codec.isPresent() ? expanded(codec.get(), beginning) : beginning;
      return Optional.ofNullable(forms.formatOf(inner)).map(TransferFormat::name);
    } catch (IOException e) {
      throw new InvalidInputException("the import is damaged or cut short: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    try (InputStream _ = raw) {
      source.close();
    }
  }

  private static TransferFormat format(Forms forms, Import how, byte[] beginning) {
    if (how.format().isPresent()) {
      return forms.format(how.format().get());
    }
    TransferFormat found = forms.formatOf(beginning);
    if (found == null) {
      throw beginning.length == 0 ? empty() : forms.unknown();
    }
    return found;
  }

  private static InvalidInputException empty() {
    return new InvalidInputException("cannot read the import: bytes=0; give what was exported");
  }

  /** A compression that begins as anything may is the last that is thought of. */
  private static Optional<Codec> codec(Forms forms, byte[] beginning) {
    Optional<Codec> sure = forms.codecsOf(beginning, Match.YES).stream().findFirst();
    if (sure.isPresent() || forms.formatOf(beginning) != null) {
      return sure;
    }
    return forms.codecsOf(beginning, Match.MAYBE).stream()
        .filter(each -> forms.formatOf(expanded(each, beginning)) != null)
        .findFirst();
  }

  /** As much as the beginning of a file gives; nothing where it is not compressed so. */
  private static byte[] expanded(Codec codec, byte[] beginning) {
    byte[] target = new byte[BEGINNING];
    int length = 0;
    try (InputStream in = codec.decompress(new ByteArrayInputStream(beginning))) {
      for (int read = 0; read >= 0 && length < target.length; length += Math.max(0, read)) {
        read = in.read(target, length, target.length - length);
      }
    } catch (IOException | UnsupportedFeatureException e) {
      // It is cut short here, or something else: what came so far tells.
    }
    return Arrays.copyOf(target, length);
  }

  private static byte[] beginning(BufferedInputStream in) throws IOException {
    in.mark(BEGINNING);
    byte[] beginning = in.readNBytes(BEGINNING);
    in.reset();
    return beginning;
  }

  /** The name of the compression. */
  @Nullable String codecName() {
    return codec.map(Codec::name).orElse(null);
  }
}
