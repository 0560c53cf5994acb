package dev.engram.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CancelledException;
import dev.engram.CollectionConfig;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.Export;
import dev.engram.Filter;
import dev.engram.Import;
import dev.engram.InvalidInputException;
import dev.engram.Learning;
import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.Metadata;
import dev.engram.MismatchException;
import dev.engram.NotFoundException;
import dev.engram.Progress;
import dev.engram.RecordId;
import dev.engram.StorageException;
import dev.engram.Synapse;
import dev.engram.TransferReport;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What exports keep, what imports do with it, and what both refuse. */
class TransferTest {
  @TempDir Path folder;

  private final SetClock clock = new SetClock();
  private final Engram engram = Sample.full(clock);
  private final Engram other = Sample.empty(clock);

  @AfterEach
  void close() {
    assertTrue(other.check().ok(), () -> other.check().toString());
    engram.close();
    other.close();
  }

  @Test
  void whatIsImportedFadesAsTheOriginalDoes() {
    read(Import.exact(), Sample.export(engram, Export.everything()));
    clock.pass(Duration.ofDays(20));
    Sample.assertSame(engram, other);
    for (Engram each : List.of(engram, other)) {
      each.space(Sample.SPACE).sleep();
    }
    for (Memory memory : Sample.memories(engram.space(Sample.SPACE))) {
      assertEquals(weights(engram, memory.id()), weights(other, memory.id()));
    }
  }

  @Test
  void aSpaceThatSleptLessSeesTheSameStrengths() {
    MemorySpace there = other.space("there");
    read(Import.exact().intoSpace("there"), Sample.export(engram, Export.of(Sample.SPACE)));
    for (Memory memory : Sample.memories(engram.space(Sample.SPACE))) {
      assertEquals(
          engram.space(Sample.SPACE).neighbours(memory.id()).size(),
          there.neighbours(memory.id()).size());
    }
    there.dynamics(engram.space(Sample.SPACE).dynamics());
    for (Memory memory : Sample.memories(engram.space(Sample.SPACE))) {
      assertEquals(
          weights(engram, memory.id()),
          there.neighbours(memory.id()).stream().map(Synapse::weight).toList());
    }
  }

  @Test
  void importingTwiceIsTheSameAsOnce() {
    byte[] bytes = Sample.export(engram, Export.everything());
    read(Import.exact(), bytes);
    TransferReport again = read(Import.exact(), bytes);
    assertEquals(0, again.skipped());
    Sample.assertSame(engram, other);
  }

  @Test
  void anewEverythingIsAsIfItWereLearnedNow() {
    read(Import.exact().anew(), Sample.export(engram, Export.of(Sample.SPACE)));
    MemorySpace space = other.space(Sample.SPACE);
    for (Memory memory : Sample.memories(space)) {
      assertEquals(clock.instant(), memory.createdAt());
      assertEquals(1, memory.accessCount());
      assertFalse(memory.pinned());
      space
          .neighbours(memory.id())
          .forEach(each -> {
            assertEquals(Synapse.INITIAL_STRENGTH, each.weight());
            assertEquals(Synapse.Tier.SHORT_TERM, each.tier());
          });
    }
    assertEquals(Sample.memories(engram.space(Sample.SPACE)).size(), space.count());
  }

  @Test
  void aFilterTakesTheSynapsesBetweenWhatMatches() {
    MemorySpace space = engram.space("scoped");
    Metadata alice = Metadata.of("user", "alice");
    RecordId a = space.learn(Learning.of("a").withMetadata(alice)).id();
    RecordId b = space.learn(Learning.of("b").withMetadata(alice)).id();
    RecordId c = space.learn(Learning.of("c").forUser("bob")).id();
    Synapse _ = space.associate(a, b);
    Synapse _ = space.associate(b, c);
    Export export = Export.of("scoped").where(Filter.eq("user", "alice"));
    TransferReport report = read(Import.exact(), Sample.export(engram, export));
    assertEquals(2, report.records());
    assertEquals(1, report.synapses());
    assertEquals(1, other.space("scoped").neighbours(b).size());
  }

  @Test
  void withoutVectorsMemoriesWaitForAnotherEmbedder() {
    byte[] bytes = Sample.export(engram, Export.of(Sample.SPACE));
    EngramConfig config = EngramConfig.inMemory().clock(clock);
    try (Engram another = Engram.open(config.embedder(new LetterEmbedder("b")))) {
      MismatchException e =
          assertThrows(MismatchException.class, () -> read(another, Import.exact(), bytes));
      assertTrue(e.getMessage().contains("model=a"), e.getMessage());
      assertEquals(Optional.empty(), another.findSpace(Sample.SPACE));
      TransferReport report = read(another, Import.exact().withoutVectors(), bytes);
      MemorySpace space = another.space(Sample.SPACE);
      assertEquals(report.records(), space.pending());
      assertEquals(report.records(), space.embedPending(Progress.NONE));
      assertEquals(Optional.of("letters/b"), space.info().embedder());
      byte[] small = Sample.export(engram, Export.of(Sample.SPACE).withoutVectors());
      assertTrue(small.length < bytes.length);
      read(another, Import.exact().intoSpace("small"), small);
      assertEquals(report.records(), another.space("small").embedPending(Progress.NONE));
      assertTrue(another.check().ok());
    }
  }

  @Test
  void linesByHandMakeACollectionOrASpace() {
    String lines =
        """
        \ufeff{"id": "x", "text": "an apple", "colour": "red", "tags": ["a", 1, null], "no": null}

        {"id": 7, "vector": [1, 0.5, 0], "metadata": {"at": {"@instant": "2026-01-01T00:00:00Z"}}}
        {"id": "y", "vector": [0, 1, 0], "expiresAt": "2999-01-01T00:00:00Z"}
        """;
    Path file = folder.resolve("a.jsonl");
    write(file, lines);
    other.transfer().read(Import.exact().intoCollection("fruit"), file, Progress.NONE);
    VectorCollection fruit = other.collection("fruit");
    assertEquals(3, fruit.count());
    assertEquals(3, fruit.info().config().dimension());
    assertEquals("red", fruit.get("x").orElseThrow().metadata().getString("colour").orElseThrow());
    VectorRecord seven = fruit.get(RecordId.of(7)).orElseThrow();
    assertArrayEquals(new float[] {1, .5f, 0}, seven.vector().orElseThrow());
    assertTrue(seven.metadata().getInstant("at").isPresent());
    assertEquals(Optional.empty(), fruit.get("y").orElseThrow().expiresAt());

    String memories =
        """
        {"text": "a plum", "provenance": {"source": "book"}}
        {"id": "p", "text": "a pear", "occurredAt": "2026-01-01T00:00:00Z"}
        {"id": "q", "text": "a quince"}
        {"from": "p", "to": "q", "relation": "SIMILAR_TO", "strength": 0.4}
        {"from": "p", "to": "nobody"}
        """;
    TransferReport report = read(Import.exact().intoSpace("s"), bytes(memories));
    assertEquals(List.of("s"), report.collections());
    assertEquals(3, report.records());
    assertEquals(1, report.synapses());
    assertEquals(1, report.skipped());
    Synapse made = other.space("s").neighbours(RecordId.of("p")).getFirst();
    assertEquals(.4, made.weight(), 1e-9);
    assertEquals("SIMILAR_TO", made.relation());
  }

  @Test
  void aCollectionKeepsItsOwnShape() {
    VectorCollection _ = other.collection("two", CollectionConfig.ofDimension(2));
    InvalidInputException e =
        assertThrows(
            InvalidInputException.class,
            () -> read(Import.exact().intoCollection("two"), bytes("{\"id\":1,\"vector\":[1]}")));
    assertTrue(e.getMessage().contains("dimension"), e.getMessage());
    assertTrue(e.getMessage().contains("nothing was imported"), e.getMessage());
    assertThrows(
        InvalidInputException.class,
        () ->
            read(Import.exact().intoSpace("docs"), Sample.export(engram, Export.of(Sample.DOCS))));
    assertThrows(
        InvalidInputException.class,
        () -> read(Import.exact().intoSpace("x"), Sample.export(engram, Export.everything())));
    assertThrows(
        InvalidInputException.class,
        () -> read(Import.exact(), bytes("{\"id\": \"a\", \"text\": \"b\"}")));
    assertEquals(0, other.collection("two").count());
  }

  @Test
  void whatExpiredMeanwhileIsLeftOut() {
    byte[] bytes = Sample.export(engram, Export.everything());
    clock.pass(Duration.ofDays(950));
    assertEquals(2, read(Import.exact(), bytes).skipped());
  }

  @Test
  void aFileIsThereAsAWholeOrNotAtAll() throws IOException {
    Path file = folder.resolve("out.jsonl");
    Files.writeString(file, "before");
    Export export = Export.everything();
    Progress cancel =
        update -> {
          throw new CancelledException("enough");
        };
    assertThrows(CancelledException.class, () -> engram.transfer().write(export, file, cancel));
    assertEquals("before", Files.readString(file));
    engram.transfer().write(export, file, Progress.NONE);
    assertEquals(Sample.lines(engram), Files.readString(file));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
    assertEquals(Optional.of("jsonl"), engram.transfer().formOf(file));
    Path nowhere = folder.resolve("nowhere").resolve("out");
    assertThrows(
        InvalidInputException.class, () -> engram.transfer().write(export, nowhere, Progress.NONE));
    assertThrows(
        NotFoundException.class,
        () -> other.transfer().read(Import.exact(), nowhere, Progress.NONE));
  }

  @Test
  void aTransferIsCancelledByAnInterrupt() {
    VectorCollection many = engram.collection("many", CollectionConfig.textOnly());
    List<VectorRecord> records = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      records.add(VectorRecord.of(RecordId.of(i)));
    }
    many.upsert(records);
    byte[] bytes = Sample.export(engram, Export.of("many"));
    List<Progress.Update> updates = new ArrayList<>();
    engram.transfer().write(Export.of("many"), new ByteArrayOutputStream(), updates::add);
    assertEquals(3_000, updates.getLast().current());
    assertEquals(3_000, updates.getFirst().total());
    Thread.currentThread().interrupt();
    assertThrows(CancelledException.class, () -> Sample.export(engram, Export.of("many")));
    assertTrue(Thread.interrupted());
    Progress stop =
        update -> {
          if (update.current() > 2_000) {
            throw new CancelledException("enough");
          }
        };
    InputStream in = new ByteArrayInputStream(bytes);
    CancelledException e =
        assertThrows(
            CancelledException.class, () -> other.transfer().read(Import.exact(), in, stop));
    assertTrue(e.getMessage().contains("records=2000"), e.getMessage());
    assertEquals(2_000, other.collection("many").count());
  }

  @Test
  void aStreamThatFailsIsNotTheFilesFault() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("no space left");
          }
        };
    assertThrows(
        StorageException.class,
        () -> engram.transfer().write(Export.everything(), full, Progress.NONE));
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("broken pipe");
          }

          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            return read();
          }
        };
    assertThrows(
        StorageException.class, () -> other.transfer().read(Import.exact(), broken, Progress.NONE));
  }

  @Test
  void unknownNamesAndLevelsSayWhatIsKnown() {
    NotFoundException form =
        assertThrows(
            NotFoundException.class,
            () -> Sample.export(engram, Export.everything().format("xml")));
    assertTrue(form.getMessage().contains("jsonl"), form.getMessage());
    assertThrows(
        NotFoundException.class,
        () -> Sample.export(engram, Export.everything().compression("zip")));
    InvalidInputException level =
        assertThrows(
            InvalidInputException.class,
            () -> Sample.export(engram, Export.everything().compression("gzip", 10)));
    assertTrue(level.getMessage().contains("1..9"), level.getMessage());
    assertThrows(NotFoundException.class, () -> Sample.export(engram, Export.of("nobody")));
    for (String codec : engram.transfer().compressions()) {
      byte[] quick = Sample.export(engram, Export.everything().compression(codec, 1));
      byte[] small = Sample.export(engram, Export.everything().compression(codec, 9));
      assertTrue(small.length <= quick.length, codec);
    }
  }

  /** Found by the soak: of what hardly shrinks, the beginning is all that tells. */
  @Test
  void whatHardlyShrinksIsToldByItsContentToo() {
    VectorCollection noise = engram.collection("noise", CollectionConfig.ofDimension(256));
    Random random = new Random(4);
    for (int i = 0; i < 300; i++) {
      float[] vector = new float[256];
      for (int j = 0; j < vector.length; j++) {
        vector[j] = (float) random.nextGaussian();
      }
      noise.upsert(VectorRecord.of(RecordId.of(i), vector));
    }
    for (String form : List.of("msgpack", "sqlite", "jsonl")) {
      for (String codec : engram.transfer().compressions()) {
        byte[] bytes = Sample.export(engram, Export.of("noise").format(form).compression(codec));
        Import how = Import.exact().intoCollection(form + codec);
        assertEquals(300, read(how, bytes).records(), form + " " + codec);
      }
    }
  }

  private List<Double> weights(Engram of, RecordId id) {
    return of.space(Sample.SPACE).neighbours(id).stream().map(Synapse::weight).toList();
  }

  private TransferReport read(Import how, byte[] bytes) {
    return read(other, how, bytes);
  }

  private static TransferReport read(Engram into, Import how, byte[] bytes) {
    return into.transfer().read(how, new ByteArrayInputStream(bytes), Progress.NONE);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
