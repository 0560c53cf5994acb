package dev.engram.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.engram.EncryptionException;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.EngramException;
import dev.engram.Export;
import dev.engram.Import;
import dev.engram.InvalidInputException;
import dev.engram.Keyring;
import dev.engram.MismatchException;
import dev.engram.Progress;
import dev.engram.TransferReport;
import dev.engram.spi.KeySource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Encryption around every form and compression. */
class EncryptedFormsTest {
  @TempDir Path folder;

  private final SetClock clock = new SetClock();
  private final KeySource keys = Keyring.of("A".repeat(43) + "=");
  private final Engram engram = Sample.full(clock);
  private final Engram other = Sample.empty(clock);

  @AfterEach
  void close() {
    engram.close();
    other.close();
  }

  private byte[] export(String form, String codec) {
    Export export = Export.everything().format(form).encryption(keys);
    return Sample.export(engram, codec.equals("none") ? export : export.compression(codec));
  }

  @ParameterizedTest
  @MethodSource("dev.engram.formats.TwentyTests#formsAndCompressions")
  void everythingComesBackAsItWas(String form, String codec) {
    byte[] file = export(form, codec);
    assertFalse(new String(file, StandardCharsets.ISO_8859_1).contains("green tea"));
    TransferReport report =
        other
            .transfer()
            .read(Import.exact().encryption(keys), new ByteArrayInputStream(file), Progress.NONE);
    assertEquals(form, report.format());
    assertEquals(
        codec.equals("none") ? Optional.empty() : Optional.of(codec), report.compression());
    Sample.assertSame(engram, other);
  }

  @ParameterizedTest
  @MethodSource("dev.engram.formats.TwentyTests#formsAndCompressions")
  void whatIsCutShortOrChangedIsRefusedAndChangesNothing(String form, String codec)
      throws IOException {
    byte[] whole = export(form, codec);
    Random random = new Random(form.hashCode() + codec.hashCode());
    for (int i = 0; i < 10; i++) {
      int length = i < 3 ? whole.length - 1 - i : random.nextInt(whole.length);
      refused(Arrays.copyOf(whole, length), form + " " + codec + " cut to " + length);
      byte[] altered = whole.clone();
      int at = i == 0 ? whole.length - 1 : random.nextInt(whole.length);
      altered[at] ^= (byte) (1 << random.nextInt(8));
      refused(altered, form + " " + codec + " changed at " + at);
    }
    refused(Arrays.copyOf(whole, whole.length + 1), form + " " + codec + " longer");
    assertEquals(List.of(), other.catalog().list());
  }

  private void refused(byte[] bytes, String what) throws IOException {
    Path file = Files.write(folder.resolve("refused"), bytes);
    Import how = Import.exact().encryption(keys);
    EngramException e =
        assertThrows(
            EngramException.class, () -> other.transfer().read(how, file, Progress.NONE), what);
    boolean typed = e instanceof InvalidInputException || e instanceof MismatchException;
    assertEquals(true, typed, what + ": " + e);
  }

  @Test
  void noDatabaseIsWrittenAsPlainTextBesideAnEncryptedStore() {
    EngramConfig config = EngramConfig.at(folder.resolve("store")).clock(clock).encryption(keys);
    byte[] sqlite = export("sqlite", "none");
    try (Engram encrypted = Engram.open(config)) {
      encrypted.space("s").learn("green tea");
      Export export = Export.of("s").format("sqlite");
      assertThrows(EncryptionException.class, () -> Sample.export(encrypted, export));
      byte[] allowed = Sample.export(encrypted, export.allowPlaintext());
      assertThrows(EncryptionException.class, () -> read(encrypted, sqlite));
      assertEquals(1, read(encrypted, allowed).records());
      assertEquals(1, encrypted.catalog().list().size());
    }
  }

  private static TransferReport read(Engram engram, byte[] file) {
    return engram.transfer().read(Import.exact(), new ByteArrayInputStream(file), Progress.NONE);
  }
}
