package dev.engram;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.spi.KeySource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Exports that are encrypted, and imports of them. */
class EncryptedTransferTest {
  @TempDir Path folder;

  private final TestClock clock = new TestClock();
  private final Engram plain = Engram.open(EngramConfig.inMemory().clock(clock));
  private final Engram other = Engram.open(EngramConfig.inMemory().clock(clock));

  EncryptedTransferTest() {
    write(plain);
  }

  private static void write(Engram engram) {
    MemorySpace space = engram.space("s");
    space.associate(space.learn("green tea").id(), space.learn("black coffee").id());
    engram
        .collection("d", CollectionConfig.ofDimension(2))
        .upsert(VectorRecord.of(RecordId.of(1), new float[] {1, 0}));
  }

  @AfterEach
  void close() {
    assertTrue(other.check().ok(), () -> other.check().toString());
    plain.close();
    other.close();
  }

  private Engram open(String name, KeySource keys) {
    return Engram.open(EngramConfig.at(folder.resolve(name)).clock(clock).encryption(keys));
  }

  private static byte[] export(Engram engram, Export export) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TransferReport _ = engram.transfer().write(export, out, Progress.NONE);
    return out.toByteArray();
  }

  private static TransferReport read(Engram engram, Import how, byte[] file) {
    return engram.transfer().read(how, new ByteArrayInputStream(file), Progress.NONE);
  }

  private static EncryptionException refuses(Executable act) {
    EncryptionException e = assertThrows(EncryptionException.class, act);
    assertEquals(ErrorCode.ENCRYPTION, e.code());
    return e;
  }

  private static boolean shows(byte[] file, String text) {
    return new String(file, StandardCharsets.ISO_8859_1).contains(text);
  }

  @Test
  void anEncryptedStoresExportIsEncryptedAndComesBackWithItsKey() throws IOException {
    SecretKeys keys = new SecretKeys(1);
    byte[] file;
    try (Engram engram = open("store", keys)) {
      write(engram);
      file = export(engram, Export.everything().format("kept"));
      Export graph = Export.of("s").format("graphml");
      assertFalse(shows(export(engram, graph), "green tea"));
      assertTrue(shows(export(engram, graph.allowPlaintext()), "green tea"));
    }
    try (Engram copy = open("copy", keys)) {
      TransferReport report = read(copy, Import.exact(), file);
      assertEquals(3, report.records());
      assertEquals(1, report.synapses());
      assertEquals(2, copy.space("s").count());
      assertTrue(copy.check().ok());
    }
    assertEquals(3, read(other, Import.exact().encryption(keys), file).records());
    assertEquals("green tea", other.space("s").recall("green tea").getFirst().memory().text());
    Path at = Files.write(folder.resolve("export"), file);
    assertEquals(Optional.of("1"), Transfer.masterKeyOf(at));
    assertEquals(Optional.of("kept"), other.transfer().formOf(Import.exact().encryption(keys), at));
    refuses(() -> other.transfer().formOf(at));
  }

  @Test
  void aPlainStoresExportIsEncryptedWhereThatIsAskedFor() throws IOException {
    SecretKeys keys = new SecretKeys(1, 2);
    Path file = folder.resolve("export");
    for (String codec : List.of("", "gzip", "inverted")) {
      Export export = Export.of("s").format("kept").encryption(keys);
      export = codec.isEmpty() ? export : export.compression(codec);
      TransferReport written = plain.transfer().write(export, file, Progress.NONE);
      assertEquals(Optional.of("2"), Transfer.masterKeyOf(file));
      TransferReport read =
          other.transfer().read(Import.exact().encryption(keys), file, Progress.NONE);
      assertEquals(written.sha256(), read.sha256());
      assertEquals(written.compression(), read.compression());
    }
    Path open = folder.resolve("open");
    Export graph = Export.of("s").format("graphml").encryption(keys);
    assertFalse(shows(export(plain, graph), "green tea"));
    Export readable = graph.allowPlaintext();
    TransferReport _ = plain.transfer().write(readable, open, Progress.NONE);
    assertEquals(Optional.empty(), Transfer.masterKeyOf(open));
    assertTrue(shows(Files.readAllBytes(open), "green tea"));
    assertThrows(NotFoundException.class, () -> Transfer.masterKeyOf(folder.resolve("none")));
  }

  @Test
  void aMissingOrWrongKeyIsRefusedBeforeAnythingIsImported() throws IOException {
    SecretKeys keys = new SecretKeys(1);
    byte[] file = export(plain, Export.everything().format("kept").encryption(keys));
    Path at = Files.write(folder.resolve("export"), file);
    KeySource liar =
        new KeySource() {
          @Override
          public String current() {
            return "1";
          }

          @Override
          public byte[] key(String id) {
            return new byte[32];
          }
        };
    Import none = Import.exact();
    assertTrue(refuses(() -> read(other, none, file)).getMessage().contains("masterKey=1"));
    for (Import wrong : List.of(none, none.encryption(new SecretKeys(2)), none.encryption(liar))) {
      refuses(() -> read(other, wrong, file));
      refuses(() -> other.transfer().read(wrong, at, Progress.NONE));
      refuses(() -> other.transfer().verify(wrong, new ByteArrayInputStream(file), Progress.NONE));
    }
    assertEquals(List.of(), other.catalog().list());
  }

  @Test
  void aDamagedOrShortenedFileChangesNothing() throws IOException {
    SecretKeys keys = new SecretKeys(1);
    Import how = Import.exact().encryption(keys);
    byte[] whole = export(plain, Export.everything().format("kept").encryption(keys));
    for (int at = 0; at < whole.length; at += 3) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 4;
      damages(how, damaged, "byte " + at);
      damages(how, Arrays.copyOf(whole, at), "cut to " + at);
    }
    damages(how, Arrays.copyOf(whole, whole.length + 1), "longer");
    assertEquals(List.of(), other.catalog().list());
  }

  private void damages(Import how, byte[] file, String what) throws IOException {
    Path at = Files.write(folder.resolve("damaged"), file);
    EngramException e =
        assertThrows(
            EngramException.class, () -> other.transfer().read(how, at, Progress.NONE), what);
    assertTrue(e instanceof InvalidInputException || e instanceof MismatchException, what + e);
    assertThrows(EngramException.class, () -> read(other, how, file), what);
  }

  @Test
  void vectorsGoThroughATemporaryFileThatSaysNothing() {
    SecretKeys keys = new SecretKeys(1);
    try (Engram engram = open("store", keys)) {
      write(engram);
      for (String form : List.of("npy", "fvecs")) {
        byte[] file = export(engram, Export.of("d").format(form));
        TransferReport read =
            read(other, Import.exact().intoCollection(form).encryption(keys), file);
        assertEquals(form, read.format());
        assertArrayEquals(
            new float[] {1, 0},
            other.collection(form).get(RecordId.of(0)).orElseThrow().vector().orElseThrow());
      }
    }
  }

  @Test
  void anExportThatFailsHalfWayIsNotTakenForWhole() {
    SecretKeys keys = new SecretKeys(1);
    VectorCollection docs = plain.collection("d");
    for (int i = 0; i < 2_500; i++) {
      docs.upsert(VectorRecord.of(RecordId.of(i), new float[] {i, 1}));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Export export = Export.of("d").format("fvecs").encryption(keys);
    // It is asked at every thousandth record, and told at the next one.
    Progress interrupting = _ -> Thread.currentThread().interrupt();
    assertThrows(CancelledException.class, () -> plain.transfer().write(export, out, interrupting));
    assertTrue(Thread.interrupted());
    Import how = Import.exact().intoCollection("x").encryption(keys);
    InputStream in = new ByteArrayInputStream(out.toByteArray());
    assertThrows(
        InvalidInputException.class, () -> other.transfer().verify(how, in, Progress.NONE));
  }

  @Test
  void aCopyOfWhatIsEncryptedDoesNotReachADiskAsPlainText() {
    SecretKeys keys = new SecretKeys(1);
    try (Engram engram = open("store", keys);
        Engram target = Engram.open(EngramConfig.at(folder.resolve("plain")).clock(clock));
        Engram same = open("same", new SecretKeys(2))) {
      write(engram);
      refuses(() -> target.transfer().copy(engram, "s", "s", Progress.NONE));
      assertEquals(List.of(), target.catalog().list());
      assertEquals(2, same.transfer().copy(engram, "s", "s", Progress.NONE).records());
      assertEquals(2, other.transfer().copy(engram, "s", "s", Progress.NONE).records());
      assertEquals(1, same.transfer().copy(plain, "d", "d", Progress.NONE).records());
    }
  }
}
