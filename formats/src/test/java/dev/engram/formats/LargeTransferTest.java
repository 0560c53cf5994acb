package dev.engram.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CollectionConfig;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.Export;
import dev.engram.Filter;
import dev.engram.Import;
import dev.engram.Metadata;
import dev.engram.Progress;
import dev.engram.RecordId;
import dev.engram.StorageException;
import dev.engram.TransferReport;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Exports of so many records that parts of them are written on several threads. */
class LargeTransferTest {
  private static final int COUNT = 3_300;
  private static final int LARGE = 2_222;
  private static final String NAME = "many";

  private final Engram engram = Engram.open(EngramConfig.inMemory());

  @BeforeEach
  void fill() {
    List<VectorRecord> records =
        IntStream.range(0, COUNT).mapToObj(LargeTransferTest::record).toList();
    engram.collection(NAME, CollectionConfig.ofDimension(4)).upsert(records);
  }

  /** One is very large, one in seven has no vector, and one in 50 another group. */
  private static VectorRecord record(int number) {
    RecordId id = RecordId.of(number);
    if (number == LARGE) {
      return VectorRecord.of(id).withText("large ".repeat(500_000));
    }
    VectorRecord record =
        number % 7 == 3
            ? VectorRecord.of(id).withText("record " + number)
            : VectorRecord.of(id, new float[] {number, 1f / (1 + number), -number * 1e-30f, 1e30f});
    return record.withMetadata(Metadata.of("group", number % 50));
  }

  @AfterEach
  void close() {
    engram.close();
    // A thread is listed for a moment after its work has ended.
    long deadline = System.nanoTime() + 5_000_000_000L;
    while (!threads().isEmpty() && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertEquals(List.of(), threads());
  }

  @Test
  void everyFormAndCompressionSaysTheSame() {
    Set<String> digests = new HashSet<>();
    List<String> compressions = new ArrayList<>(engram.transfer().compressions());
    compressions.addFirst("");
    for (String form : Sample.forms(engram)) {
      for (String compression : compressions) {
        Export plain = Export.everything().format(form);
        Export export = compression.isEmpty() ? plain : plain.compression(compression, 1);
        byte[] file = write(export);
        digests.add(verified(file).sha256().orElseThrow());
        assertEquals(COUNT, verified(file).records(), form + " " + compression);
      }
    }
    assertEquals(1, digests.size());
  }

  @Test
  void linesLieInTheOrderOfStoring() {
    List<String> lines =
        new String(write(Export.of(NAME)), StandardCharsets.UTF_8).lines().toList();
    assertEquals(COUNT + 2, lines.size());
    for (int i = 0; i < COUNT; i++) {
      assertTrue(lines.get(i + 1).startsWith("{\"id\":\"" + RecordId.of(i) + "\""), lines.get(i));
    }
  }

  @Test
  void aFewOfManyComeWithTheirVectors() {
    byte[] file = write(Export.of(NAME).where(Filter.eq("group", 10)));
    try (Engram other = Engram.open(EngramConfig.inMemory())) {
      TransferReport _ =
          other.transfer().read(Import.exact(), new ByteArrayInputStream(file), Progress.NONE);
      VectorCollection few = other.collection(NAME);
      assertEquals(COUNT / 50, few.count());
      for (int number = 10; number < COUNT; number += 50) {
        VectorRecord found = few.get(RecordId.of(number)).orElseThrow();
        assertEquals(record(number).text(), found.text());
        assertArrayEquals(record(number).vector().orElse(null), found.vector().orElse(null));
      }
    }
  }

  @Test
  void aStreamThatIsFullEndsItAndLeavesNothingRunning() {
    OutputStream full =
        new OutputStream() {
          private int written;

          @Override
          public void write(int b) throws IOException {
            if (++written > 100_000) {
              throw new IOException("no space left");
            }
          }
        };
    assertThrows(
        StorageException.class,
        () -> engram.transfer().write(Export.everything(), full, Progress.NONE));
  }

  private byte[] write(Export export) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TransferReport _ = engram.transfer().write(export, out, Progress.NONE);
    return out.toByteArray();
  }

  private TransferReport verified(byte[] file) {
    return engram.transfer().verify(Import.exact(), new ByteArrayInputStream(file), Progress.NONE);
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("engram-export") || name.startsWith("engram-reader"))
        .toList();
  }
}
