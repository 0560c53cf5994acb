package dev.engram.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.Engram;
import dev.engram.EngramException;
import dev.engram.Export;
import dev.engram.Import;
import dev.engram.InvalidInputException;
import dev.engram.Limits;
import dev.engram.Progress;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that are cut short, changed or made to do harm are refused and change nothing. */
class DamagedImportTest {
  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  private final SetClock clock = new SetClock();
  private final Engram engram = Sample.full(clock);
  private final Engram other = Sample.empty(clock);

  @AfterEach
  void close() {
    assertEquals(List.of(), other.catalog().list(), "nothing was imported");
    engram.close();
    other.close();
  }

  @ParameterizedTest
  @MethodSource("dev.engram.formats.TwentyTests#formsAndCompressions")
  void aFileThatIsCutShortIsRefused(String form, String codec) throws IOException {
    byte[] whole = export(form, codec);
    // The last line may lack its end.
    boolean text = form.startsWith("json") && codec.equals("none");
    int last = whole.length - (text ? 2 : 1);
    Random random = new Random(form.hashCode() + codec.hashCode());
    for (int i = 0; i < 25; i++) {
      int length = i < 5 ? last - i : random.nextInt(whole.length);
      refused(Arrays.copyOf(whole, length), form + " " + codec + " cut to " + length);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.engram.formats.TwentyTests#formsAndCompressions")
  void aFlippedBitIsRefusedOrChangesNothingThatIsSaid(String form, String codec)
      throws IOException {
    byte[] whole = export(form, codec);
    Random random = new Random(7);
    for (int i = 0; i < 40; i++) {
      byte[] damaged = whole.clone();
      int at = random.nextInt(damaged.length);
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      String what = form + " " + codec + " flipped at " + at;
      String sha256;
      try {
        sha256 = sha256(damaged);
      } catch (InvalidInputException e) {
        refused(damaged, what);
        continue;
      }
      // White space, or a bit that the compression does not look at.
      assertEquals(sha256(whole), sha256, what);
    }
  }

  @Test
  void anItemThatIsLeftOutOrPutInIsNoticed() throws IOException {
    List<String> lines = Sample.lines(engram).lines().toList();
    for (int left = 0; left < lines.size() - 1; left++) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < lines.size(); i++) {
        text.append(i == left ? "" : lines.get(i) + "\n");
      }
      refused(bytes(text.toString()), "without line " + left);
    }
    refused(bytes(Sample.lines(engram) + "{\"id\":\"z\",\"text\":\"z\"}\n"), "one more");
    String newer = Sample.lines(engram).replaceFirst("\"engram\":1", "\"engram\":2");
    assertTrue(refused(bytes(newer), "newer").getMessage().contains("version=2"));
    refused(bytes("nothing of the kind"), "no form");
    refused(new byte[0], "empty");
    refused(bytes("{\"engram\":1,\"items\":7}"), "no list");
  }

  @Test
  void linesThatSayNonsenseAreNamed() throws IOException {
    for (String line :
        List.of(
            "{\"text\": ",
            "[1]",
            "{\"text\": 1}",
            "{\"text\": \"a\", \"id\": {}}",
            "{\"text\": \"a\", \"id\": \"\"}",
            "{\"text\": \"a\", \"provenance\": {}}",
            "{\"text\": \"a\", \"metadata\": {}, \"expiresAt\": \"soon\"}",
            "{\"text\": \"a\", \"metadata\": {}, \"expiresAt\": \"+99999-01-01T00:00:00Z\"}",
            "{\"text\": \"a\", \"metadata\": {}, \"importance\": 2}",
            "{\"text\": \"a\", \"metadata\": {}, \"importance\": 1, \"accessCount\": -1}",
            "{\"from\": \"a\", \"to\": \"b\", \"strength\": -1}",
            "{\"text\": \"a\", \"n\": 1e999}",
            "{\"text\": \"a\"} {}",
            "{\"id\": 1, \"vector\": [1, \"a\"]}",
            "{\"text\": \"\\ud800\"}" + "x")) {
      byte[] bytes = bytes("{\"id\": 1, \"text\": \"good\"}\n" + line + "\n");
      Path file = folder.resolve("bad.jsonl");
      Files.write(file, bytes);
      InvalidInputException e =
          assertThrows(
              InvalidInputException.class,
              () -> other.transfer().read(Import.exact().intoSpace("s"), file, Progress.NONE),
              line);
      assertTrue(e.getMessage().contains("line=2"), e.getMessage());
    }
  }

  @Test
  void lengthBombsAreRefused() throws IOException {
    byte[] item = gzip(out -> repeat(out, "{\"id\":\"a\",\"text\":\"", 70));
    assertTrue(refused(item, "a large item").getMessage().contains("bytes"));
    byte[] many = zstd(DamagedImportTest::repeatRecords);
    assertTrue(refused(many, "many items").getMessage().contains("expansion="));
    Import small = Import.exact().maxBytes(1_000);
    byte[] lines = bytes(Sample.lines(engram));
    InvalidInputException e =
        assertThrows(
            InvalidInputException.class,
            () -> other.transfer().read(small, new ByteArrayInputStream(lines), Progress.NONE));
    assertTrue(e.getMessage().contains("allowed=1000"), e.getMessage());
    String vector = "{\"id\": 1, \"vector\": [" + "1,".repeat(Limits.MAX_DIMENSION) + "1]}\n";
    assertTrue(refused(bytes(vector), "vector").getMessage().contains("field=vector"));
    // MessagePack: a map, a text and an array that say they are huge.
    refused(packed(0x81, 0xA5, '@', 's', 'p', 'a', 'c', 0xDF, 0x7F, 0xFF, 0xFF, 0xFF), "map");
    refused(packed(0x81, 0xA2, 'i', 'd', 0xDB, 0x7F, 0xFF, 0xFF, 0xFF), "text");
    refused(packed(0x81, 0xA6, 'v', 'e', 'c', 't', 'o', 'r', 0xC6, 0x7F, 1, 2, 3), "vector");
    refused(packed(0x81, 0xA1, 'a', 0xDD, 0x7F, 0xFF, 0xFF, 0xFF), "array");
    byte[] deep = new byte[10_000];
    Arrays.fill(deep, (byte) 0x91);
    System.arraycopy(packed(0x81, 0xA1, 'a'), 0, deep, 0, 3);
    refused(deep, "deep");
    refused(bytes("{\"a\":" + "[".repeat(10_000)), "deep JSON");
  }

  /** Each byte of the header of a frame, in the worst way. */
  @Test
  void compressionsWhoseHeadersAreDamagedAreRefused() throws IOException {
    for (String codec : engram.transfer().compressions()) {
      byte[] whole = export("jsonl", codec);
      for (int bit = 0; bit < 8 * 12; bit++) {
        byte[] damaged = whole.clone();
        damaged[bit / 8] ^= (byte) (1 << bit % 8);
        try {
          assertEquals(sha256(whole), sha256(damaged), codec + " bit " + bit);
        } catch (InvalidInputException e) {
          refused(damaged, codec + " bit " + bit);
        }
      }
    }
  }

  @Test
  void timesThatNoInstantCanHoldAreRefused() throws IOException {
    for (int far : new int[] {0x7F, 0x80}) {
      byte[] item =
          packed(0x81, 0xA2, 'a', 't', 0xC7, 12, 0xFF, 0, 0, 0, 0, far, 0, 0, 0, 0, 0, 0, 0);
      assertTrue(refused(item, "a time").getMessage().contains("out of range"));
    }
  }

  private byte[] export(String form, String codec) {
    Export export = Export.everything().format(form);
    return Sample.export(engram, codec.equals("none") ? export : export.compression(codec));
  }

  private String sha256(byte[] whole) {
    return engram
        .transfer()
        .verify(Import.exact(), new ByteArrayInputStream(whole), Progress.NONE)
        .sha256()
        .orElseThrow();
  }

  private EngramException refused(byte[] bytes, String what) throws IOException {
    Path file = folder.resolve("refused");
    Files.write(file, bytes);
    return assertThrows(
        InvalidInputException.class,
        () -> {
          var report = other.transfer().read(Import.exact(), file, Progress.NONE);
          throw new AssertionError(what + " was read: " + report);
        },
        what);
  }

  private static byte[] zstd(Content content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new ZstdCodec().compress(bytes, 19)) {
      content.writeTo(out);
    }
    return bytes.toByteArray();
  }

  /** Many records, each of them no larger than allowed. */
  private static void repeatRecords(OutputStream out) throws IOException {
    out.write(bytes("{\"@space\":{\"engram\":1,\"name\":\"a\"}}\n"));
    byte[] line = bytes("{\"id\":\"a\",\"text\":\"" + "a".repeat(MIB) + "\"}\n");
    for (int i = 0; i < 300; i++) {
      out.write(line);
    }
  }

  private interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private static byte[] gzip(Content content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      content.writeTo(out);
    }
    return bytes.toByteArray();
  }

  private static void repeat(OutputStream out, String start, int mebibytes) throws IOException {
    assertTrue(mebibytes * (long) MIB > Limits.MAX_IMPORTED_ITEM_BYTES);
    out.write(bytes(start));
    byte[] filling = new byte[MIB];
    Arrays.fill(filling, (byte) 'a');
    for (int i = 0; i < mebibytes; i++) {
      out.write(filling);
    }
  }

  private static byte[] packed(int... bytes) {
    byte[] packed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      packed[i] = (byte) bytes[i];
    }
    return packed;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
