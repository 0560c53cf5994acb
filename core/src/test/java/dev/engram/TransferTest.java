package dev.engram;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CollectionInfo.Kind;
import dev.engram.internal.transfer.KeptFormat;
import dev.engram.spi.HashingEmbedder;
import dev.engram.spi.TransferItem;
import dev.engram.spi.TransferItem.End;
import dev.engram.spi.TransferItem.Entry;
import dev.engram.spi.TransferItem.Link;
import dev.engram.spi.TransferItem.Section;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports and imports of the core, through a form and a compression that it finds as services. */
class TransferTest {
  @TempDir Path folder;

  private final TestClock clock = new TestClock();
  private final Engram engram =
      Engram.open(EngramConfig.inMemory().clock(clock).embedder(new HashingEmbedder(16)));
  private final Engram other = Engram.open(EngramConfig.inMemory().clock(clock));
  private final List<RecordId> ids = CollectionContract.idsOfEveryShape();

  TransferTest() {
    MemorySpace space = engram.space("s");
    space.dynamics(Dynamics.researchOptimized());
    for (RecordId id : ids) {
      Memory _ =
          space.learn(
              Learning.of("tea " + ids.indexOf(id))
                  .withId(id)
                  .withMetadata(Metadata.of("n", ids.indexOf(id)))
                  .from(new Provenance("book", "1"))
                  .occurredAt(Instant.parse("2020-01-01T00:00:00Z")));
    }
    int _ = space.hebbian(ids.subList(0, 4));
    SleepReport _ = space.sleep();
    Memory _ = space.pin(ids.get(1), true);
    clock.pass(Duration.ofDays(1));
    Memory _ = space.access(ids.get(2));
    VectorCollection docs = engram.collection("docs", CollectionConfig.ofDimension(2));
    docs.upsert(VectorRecord.of("a", new float[] {1, 2}).withTimeToLive(Duration.ofDays(9)));
    docs.upsert(VectorRecord.ofText("b", "words"));
  }

  @AfterEach
  void close() {
    assertTrue(other.check().ok(), () -> other.check().toString());
    engram.close();
    other.close();
  }

  @Test
  void copiesOneSpaceOfAnotherStoreWholeOrNotAtAll() {
    TransferReport report = other.transfer().copy(engram, "s", "again", Progress.NONE);
    assertEquals(List.of("again"), report.collections());
    assertEquals(ids.size(), report.records());
    assertEquals(12, report.synapses());
    assertEquals(0, report.skipped());
    assertSame(engram.space("s"), other.space("again"));
    assertThrows(
        ExistsException.class, () -> other.transfer().copy(engram, "s", "again", Progress.NONE));
    assertThrows(
        NotFoundException.class, () -> other.transfer().copy(engram, "none", "x", Progress.NONE));
    assertEquals(
        List.of("again"), other.catalog().list().stream().map(CollectionInfo::name).toList());
  }

  @Test
  void copiesACollectionWithinAStore() {
    TransferReport report = engram.transfer().copy(engram, "docs", "docs-before", Progress.NONE);
    assertEquals(2, report.records());
    VectorCollection copy = engram.collection("docs-before");
    VectorRecord original = engram.collection("docs").get(RecordId.of("a")).orElseThrow();
    VectorRecord copied = copy.get(RecordId.of("a")).orElseThrow();
    assertArrayEquals(original.vector().orElseThrow(), copied.vector().orElseThrow());
    assertEquals(original.expiresAt(), copied.expiresAt());
    assertEquals(
        RecordId.of("a"), copy.search(Search.nearest(new float[] {1, 2}).limit(1)).getFirst().id());
    assertTrue(engram.check().ok());
  }

  @Test
  void aCopyThatIsCancelledLeavesNothing() {
    VectorCollection many = engram.collection("many", CollectionConfig.textOnly());
    for (int i = 0; i < 3; i++) {
      int from = i * 1_000;
      many.upsert(
          IntStream.range(from, from + 1_000)
              .mapToObj(n -> VectorRecord.ofText("r" + n, "text"))
              .toList());
    }
    Progress interrupting = _ -> Thread.currentThread().interrupt();
    assertThrows(
        CancelledException.class, () -> other.transfer().copy(engram, "many", "m", interrupting));
    assertTrue(Thread.interrupted());
    assertEquals(List.of(), other.catalog().list());
  }

  @Test
  void everythingComesBackAsItWas() {
    for (String codec : List.of("", "gzip", "inverted")) {
      Export export = Export.everything().format("kept");
      byte[] file = export(codec.isEmpty() ? export : export.compression(codec));
      TransferReport report = read(Import.exact(), file);
      assertEquals(Optional.of(codec).filter(name -> !name.isEmpty()), report.compression());
      assertEquals(List.of("docs", "s"), report.collections());
      assertEquals(ids.size() + 2, report.records());
      assertEquals(12, report.synapses());
      assertSame(engram.space("s"), other.space("s"));
      assertEquals(report.sha256(), verified(file).sha256());
    }
    clock.pass(Duration.ofDays(30));
    assertSame(engram.space("s"), other.space("s"));
    assertEquals(1, engram.collection("docs").count());
    assertEquals(1, other.collection("docs").count());
    assertEquals(engram.space("s").recall("tea").size(), other.space("s").recall("tea").size());
  }

  private static void assertSame(MemorySpace expected, MemorySpace actual) {
    assertEquals(expected.dynamics(), actual.dynamics());
    List<Memory> memories = expected.scan(Scan.first()).items();
    assertEquals(memories, actual.scan(Scan.first()).items());
    for (Memory memory : memories) {
      assertEquals(expected.neighbours(memory.id()), actual.neighbours(memory.id()));
    }
  }

  @Test
  void anExportThatSaysOtherThanItsEndIsRefused() {
    List<TransferItem> items = KeptFormat.items(export(Export.of("s").format("kept")));
    End end = (End) items.getLast();
    assertEquals(ids.size(), end.records());
    List<List<TransferItem>> damaged = new ArrayList<>();
    damaged.add(items.subList(0, items.size() - 1));
    damaged.add(with(items, 0, null));
    damaged.add(with(items, 1, null));
    damaged.add(with(items, items.size() - 2, null));
    damaged.add(with(items, 1, ((Entry) items.get(1)).anew()));
    damaged.add(with(items, items.size() - 2, ((Link) items.get(items.size() - 2)).anew()));
    damaged.add(with(items, items.size() - 1, new End(end.records(), end.synapses(), "0")));
    List<TransferItem> longer = new ArrayList<>(items);
    longer.add(items.get(1));
    damaged.add(longer);
    for (List<TransferItem> each : damaged) {
      Path file = write(KeptFormat.file(each));
      assertThrows(
          InvalidInputException.class,
          () -> other.transfer().read(Import.exact(), file, Progress.NONE));
      assertEquals(List.of(), other.catalog().list());
    }
    InvalidInputException e =
        assertThrows(
            InvalidInputException.class,
            () -> read(Import.exact(), KeptFormat.file(damaged.getFirst())));
    assertTrue(e.getMessage().contains("records=" + ids.size()), e.getMessage());
    assertThrows(
        InvalidInputException.class,
        () ->
            new Section(
                2,
                "x",
                Kind.SPACE,
                CollectionConfig.textOnly(),
                Optional.empty(),
                Optional.empty()));
  }

  private static List<TransferItem> with(List<TransferItem> items, int at, TransferItem other) {
    List<TransferItem> changed = new ArrayList<>(items);
    if (other == null) {
      changed.remove(at);
    } else {
      changed.set(at, other);
    }
    return changed;
  }

  @Test
  void anewFilteredAndWithoutVectors() {
    Export some = Export.of("s").format("kept").where(Filter.range("n").lte(1)).withoutVectors();
    byte[] file = export(some);
    read(Import.exact().anew().intoSpace("some"), file);
    MemorySpace space = other.space("some");
    assertEquals(2, space.count());
    assertEquals(2, space.pending());
    assertFalse(space.get(ids.get(1)).orElseThrow().pinned());
    for (Synapse each : space.neighbours(ids.getFirst())) {
      assertEquals(Synapse.INITIAL_STRENGTH, each.weight());
    }
    byte[] vectors = export(Export.of("s").format("kept"));
    EngramConfig config = EngramConfig.inMemory().clock(clock).embedder(new HashingEmbedder(8));
    try (Engram small = Engram.open(config)) {
      InputStream in = new ByteArrayInputStream(vectors);
      assertThrows(
          MismatchException.class, () -> small.transfer().read(Import.exact(), in, Progress.NONE));
      TransferReport report =
          small
              .transfer()
              .read(
                  Import.exact().withoutVectors(),
                  new ByteArrayInputStream(vectors),
                  Progress.NONE);
      assertEquals(report.records(), small.space("s").embedPending(Progress.NONE));
      assertTrue(small.check().ok());
    }
  }

  @Test
  void whatChangedSinceAnInstantBringsAnEarlierCopyUpToDate() {
    Export whole = Export.of("s").format("kept");
    read(Import.exact(), export(whole));
    clock.pass(Duration.ofSeconds(1));
    MemorySpace space = engram.space("s");
    RecordId added = space.learn("green tea").id();
    assertTrue(space.update(ids.getFirst(), "black tea"));
    Synapse _ = space.associate(added, ids.getLast());
    byte[] file = export(whole.changedSince(clock.instant()));
    TransferReport report =
        other.transfer().read(Import.exact(), new ByteArrayInputStream(file), Progress.NONE);
    assertEquals(2, report.records());
    MemorySpace copy = other.space("s");
    assertEquals(ids.size() + 1, copy.count());
    assertEquals("black tea", copy.get(ids.getFirst()).orElseThrow().text());
    assertEquals(ids.getLast(), copy.neighbours(added).getFirst().to());
    for (RecordId id : ids) {
      assertEquals(space.neighbours(id).size(), copy.neighbours(id).size());
    }
    clock.pass(Duration.ofSeconds(1));
    byte[] nothing = export(whole.changedSince(clock.instant()));
    report =
        other.transfer().read(Import.exact(), new ByteArrayInputStream(nothing), Progress.NONE);
    assertEquals(List.of(0L, 0L), List.of(report.records(), report.synapses()));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    byte[] space = export(Export.of("s").format("kept"));
    byte[] docs = export(Export.of("docs").format("kept"));
    byte[] all = export(Export.everything().format("kept"));
    refused(Import.exact().intoCollection("x"), space);
    refused(Import.exact().intoSpace("x"), docs);
    refused(Import.exact().intoSpace("x"), all);
    Entry bare = Entry.of(RecordId.of("a"), "text");
    refused(Import.exact(), KeptFormat.file(List.of(bare)));
    refused(
        Import.exact().intoSpace("x"),
        KeptFormat.file(List.of(bare.withVector(Optional.of(new float[] {1})))));
    refused(
        Import.exact().intoSpace("x"), KeptFormat.file(List.of(Entry.of(bare.id().get(), " "))));
    Link link = new Link(RecordId.of("a"), RecordId.of("a"), "R", .5, Optional.empty());
    refused(Import.exact().intoSpace("x"), KeptFormat.file(List.of(bare, link)));
    refused(Import.exact().intoCollection("y"), KeptFormat.file(List.of(bare, link)));
    refused(Import.exact().metric(Metric.DOT).intoCollection("x"), space);
    refused(Import.exact(), new byte[] {1, 2, 3});
    refused(Import.exact(), new byte[0]);
    assertThrows(InvalidInputException.class, () -> Import.exact().maxBytes(0));
    assertThrows(
        InvalidInputException.class, () -> new Link(link.from(), link.to(), "R", 2, link.use()));
    assertThrows(NotFoundException.class, () -> export(Export.everything().format("nothing")));
    assertThrows(
        InvalidInputException.class,
        () -> export(Export.everything().format("kept").compression("gzip", 0)));
    assertThrows(InvalidInputException.class, () -> export(Export.everything().format("npy")));
  }

  private void refused(Import how, byte[] file) {
    assertThrows(InvalidInputException.class, () -> read(how, file));
  }

  @Test
  void vectorsAloneGoOutAndIn() {
    for (String form : List.of("fvecs", "npy")) {
      byte[] file = export(Export.of("docs").format(form));
      TransferReport report = read(Import.exact().intoCollection(form), file);
      assertEquals(form, report.format());
      assertEquals(1, report.records());
      assertEquals(2, other.collection(form).info().config().dimension());
      Path kept = write(file);
      assertEquals(Optional.of(form), other.transfer().formOf(kept));
      for (int length = 1; length < file.length; length++) {
        byte[] cut = java.util.Arrays.copyOf(file, length);
        refused(Import.exact().format(form).intoCollection("cut"), cut);
      }
    }
    String graph =
        new String(
            export(Export.of("s").format("graphml")), java.nio.charset.StandardCharsets.UTF_8);
    assertEquals(ids.size(), graph.split("<node ", -1).length - 1);
    assertEquals(12, graph.split("<edge ", -1).length - 1);
    assertFalse(graph.contains("\u0000"));
    assertThrows(
        UnsupportedFeatureException.class,
        () -> read(Import.exact().format("graphml"), new byte[] {'<'}));
  }

  @Test
  void filesAreWholeAndFailuresAreTyped() throws IOException {
    Path file = folder.resolve("out");
    TransferReport report =
        engram.transfer().write(Export.of("s").format("kept"), file, Progress.NONE);
    assertEquals(ids.size(), report.records());
    List<Progress.Update> updates = new ArrayList<>();
    other.transfer().read(Import.exact(), file, updates::add);
    assertEquals(ids.size(), updates.getLast().current());
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("no space left");
          }
        };
    assertThrows(
        StorageException.class,
        () -> engram.transfer().write(Export.of("s").format("kept"), full, Progress.NONE));
    assertThrows(
        InvalidInputException.class,
        () -> engram.transfer().write(Export.of("s").format("kept"), folder, Progress.NONE));
    assertThrows(
        NotFoundException.class,
        () -> other.transfer().read(Import.exact(), folder.resolve("nowhere"), Progress.NONE));
    try (var files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
  }

  private byte[] export(Export export) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TransferReport _ = engram.transfer().write(export, out, Progress.NONE);
    return out.toByteArray();
  }

  private TransferReport read(Import how, byte[] file) {
    return other.transfer().read(how, new ByteArrayInputStream(file), Progress.NONE);
  }

  private TransferReport verified(byte[] file) {
    return other.transfer().verify(Import.exact(), new ByteArrayInputStream(file), Progress.NONE);
  }

  private Path write(byte[] bytes) {
    try {
      return Files.write(folder.resolve("file"), bytes);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
