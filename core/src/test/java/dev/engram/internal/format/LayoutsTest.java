package dev.engram.internal.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.engram.AuditEntry;
import dev.engram.AuditHead;
import dev.engram.AutoRelation;
import dev.engram.CollectionInfo.Kind;
import dev.engram.CommitId;
import dev.engram.CorruptStoreException;
import dev.engram.Dynamics;
import dev.engram.Forgetting;
import dev.engram.Metadata;
import dev.engram.Metric;
import dev.engram.MismatchException;
import dev.engram.Provenance;
import dev.engram.Quantization;
import dev.engram.RecordId;
import dev.engram.Synapse;
import dev.engram.spi.EmbedderIdentity;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The bytes of every row, as docs/internals/files.md tells them. */
class LayoutsTest {
  private static final byte[] KEY = Keys.record(1, 0, 7);
  private static final CollectionLayout.Descriptor DESCRIPTOR =
      new CollectionLayout.Descriptor(
          "n",
          Kind.SPACE,
          Metric.DOT,
          0,
          3,
          1,
          2,
          .5,
          Quantization.BITS_4,
          true,
          "english",
          new EmbedderIdentity("p", "m", 3, true));

  /** The bytes are these, they are read back, and no damage to them is taken for a value. */
  private static <T> void golden(String hex, byte[] encoded, T value, Function<byte[], T> decode) {
    assertEquals(hex, HexFormat.of().formatHex(encoded));
    assertEquals(value, decode.apply(encoded));
    for (int bit = 0; bit < encoded.length * 8; bit++) {
      byte[] damaged = encoded.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertThrows(CorruptStoreException.class, () -> decode.apply(damaged));
    }
    for (int length = 0; length < encoded.length; length++) {
      byte[] cut = Arrays.copyOf(encoded, length);
      assertThrows(CorruptStoreException.class, () -> decode.apply(cut));
    }
  }

  @Test
  void keysAreOrderedNumbersAndDigests() {
    HexFormat hex = HexFormat.of();
    assertEquals("000000010000000000000007", hex.formatHex(KEY));
    assertEquals("01", hex.formatHex(Keys.identity()));
    assertEquals("020000000503", hex.formatHex(Keys.counter(5, CounterKind.LIVE)));
    assertEquals("0100000005", hex.formatHex(Keys.descriptor(5)));
    assertEquals("02ba7816bf8f01cfea414140de5dae2223", hex.formatHex(Keys.name("abc")));
    assertEquals("0000000500000009", hex.formatHex(Keys.node(5, 9)));
    assertEquals("070000000500000009", hex.formatHex(Keys.note(5, 9)));
    assertEquals("0000000500000001000000020000000000000003", hex.formatHex(Keys.edge(5, 1, 2, 3)));
    assertEquals("0000000000000100", hex.formatHex(Keys.commit(256)));
    assertEquals("00000000000000ff000000010000000000000007", hex.formatHex(Keys.expiry(255, KEY)));
    assertEquals("01ba7816bf8f01cfea414140de5dae2223", hex.formatHex(Keys.idempotency("abc")));
    byte[] age = Keys.idempotencyAge(1, Keys.idempotency("abc"));
    assertEquals("020000000000000001ba7816bf8f01cfea414140de5dae2223", hex.formatHex(age));
    assertEquals("00000002", hex.formatHex(Keys.afterPrefix(Keys.collection(1))));
    assertEquals("", hex.formatHex(Keys.afterPrefix(new byte[] {-1, -1})));
    byte[] edge = Keys.edge(5, 1, 2, 3);
    String operation = "00000000000000010000000000000002";
    assertEquals(
        "0000000503" + operation + "00000001000000020000000000000003",
        hex.formatHex(Keys.pruned(5, new UUID(1, 2), edge)));
    assertEquals(
        "0000000504" + operation + "00000001000000020000000000000003",
        hex.formatHex(Keys.cut(5, new UUID(1, 2), edge)));
    assertEquals(
        hex.formatHex(edge), hex.formatHex(Keys.edgeOfRemoved(Keys.cut(5, new UUID(1, 2), edge))));
    assertEquals("060000000500000007", hex.formatHex(Keys.patterns(5, 7)));
  }

  @Test
  void recordRow() {
    RecordLayout.Row row =
        new RecordLayout.Row(
            RecordId.of("a"),
            1,
            2,
            3,
            4,
            Times.NONE,
            "tea",
            true,
            new Provenance("f", "9"),
            Metadata.empty());
    golden(
        "011f01016100000000000000010000000000000002000000000000000300000004037465"
            + "6101660139005d501ffb",
        RecordLayout.encode(KEY, row),
        row,
        bytes -> RecordLayout.decode(KEY, bytes));
  }

  @Test
  void recordRowWithAnEventTime() {
    RecordLayout.Row row =
        new RecordLayout.Row(
            RecordId.of("a"),
            1,
            2,
            0,
            4,
            new Times(-5, Times.UNKNOWN, Times.UNKNOWN),
            "tea",
            false,
            null,
            Metadata.empty());
    golden(
        "01310101610000000000000001000000000000000200000004fffffffffffffffb0374656100" + "60478986",
        RecordLayout.encode(KEY, row),
        row,
        bytes -> RecordLayout.decode(KEY, bytes));
  }

  @Test
  void recordRowThatHoldsForATime() {
    RecordLayout.Row row =
        new RecordLayout.Row(
            RecordId.of("a"),
            1,
            2,
            0,
            4,
            new Times(Times.UNKNOWN, -5, 6),
            "tea",
            false,
            null,
            Metadata.empty());
    golden(
        "01510101610000000000000001000000000000000200000004fffffffffffffffb0000000000000006"
            + "037465610033473c39",
        RecordLayout.encode(KEY, row),
        row,
        bytes -> RecordLayout.decode(KEY, bytes));
  }

  @Test
  void idsOfEachKind() {
    for (RecordId id :
        new RecordId[] {RecordId.of("x"), RecordId.of(-1L), RecordId.of(new UUID(1, 2))}) {
      ByteWriter out = new ByteWriter();
      IdLayout.write(out, id);
      assertEquals(id, IdLayout.read(new ByteReader(out.toBytes(), "id")));
    }
    assertThrows(
        CorruptStoreException.class, () -> IdLayout.read(new ByteReader(new byte[] {9}, "id")));
  }

  /** A checksum that fits does not make an id of what nobody may give as one. */
  @Test
  void idsAndEmbeddersThatNobodyMayGiveAreDamage() {
    byte[] id = new ByteWriter().u8(1).text("").toBytes();
    assertThrows(CorruptStoreException.class, () -> IdLayout.read(new ByteReader(id, "id")));
    byte[] row = CollectionLayout.encode(KEY, DESCRIPTOR);
    int body = row.length - Integer.BYTES;
    for (int[] change : new int[][] {{body - 5, ' '}, {body - 2, 0}, {7, 0x80}}) {
      byte[] changed = Arrays.copyOf(row, body);
      changed[change[0]] = (byte) change[1];
      byte[] sealed = Frame.seal(KEY, new ByteWriter().raw(changed));
      assertThrows(CorruptStoreException.class, () -> CollectionLayout.decode(KEY, sealed));
    }
  }

  @Test
  void vectorRow() {
    byte[] encoded = VectorLayout.encode(KEY, new float[] {1, -2});
    golden(
        "01020000803f000000c061f38711",
        encoded,
        "[1.0, -2.0]",
        bytes -> Arrays.toString(VectorLayout.decode(KEY, bytes)));
  }

  @Test
  void pointerConceptAndNumberRows() {
    PointerLayout.Pointer pointer = new PointerLayout.Pointer(1, 2);
    golden(
        "010000000100000002975c2430",
        PointerLayout.encode(KEY, pointer),
        pointer,
        bytes -> PointerLayout.decode(KEY, bytes));
    ConceptLayout.Concept concept = new ConceptLayout.Concept(1, 2, 3, 4, .5, 6, true);
    golden(
        "020100000001000000020000000000000003043fe000000000000000000000000000069f2cd560",
        ConceptLayout.encode(KEY, concept),
        concept,
        bytes -> ConceptLayout.decode(KEY, bytes));
    golden(
        "010000000000000001000000000000000200ae2206",
        NumberLayout.encode(KEY, 1, 2),
        "[1, 2]",
        bytes -> Arrays.toString(NumberLayout.decode(KEY, bytes, 2)));
    golden(
        "01ff0b9407",
        EmptyRow.encode(KEY),
        "",
        bytes -> {
          EmptyRow.check(KEY, bytes, "empty row");
          return "";
        });
  }

  @Test
  void synapseRow() {
    SynapseLayout.Edge edge =
        new SynapseLayout.Edge(Synapse.Tier.LONG_TERM, .5, 3, 7, 1, 2, 4, "R");
    golden(
        "02023fe0000000000000000000000000000102010704015224fd91e2",
        SynapseLayout.encode(KEY, edge),
        edge,
        bytes -> SynapseLayout.decode(KEY, bytes));
  }

  @Test
  void dynamicsOfVersionOneSayNothingOfWhatLearningDoes() {
    byte[] first =
        HexFormat.of()
            .parseHex(
                "013fb47ae147ae147b3f8eb851eb851eb83fe33333333333333fb999999999999ad08603d00f3207"
                    + "80b8992980dddb018090fbd3098088b2a00288c48510");
    assertEquals(
        Dynamics.researchOptimized().workingMemoryLimit(7), DynamicsLayout.decode(KEY, first));
  }

  @Test
  void workingDynamicsAndRhythmRows() {
    WorkingLayout.Held held = new WorkingLayout.Held(1, 2, 3);
    golden(
        "010000000000000001000000000000000203678ce96f",
        WorkingLayout.encode(KEY, held),
        held,
        bytes -> WorkingLayout.decode(KEY, bytes));
    Dynamics dynamics =
        Dynamics.researchOptimized()
            .workingMemoryLimit(7)
            .recallLoopGuard(true)
            .relations(EnumSet.of(AutoRelation.SIMILAR, AutoRelation.SESSION));
    golden(
        "023fb47ae147ae147b3f8eb851eb851eb83fe33333333333333fb999999999999ad08603d00f3207"
            + "80b8992980dddb018090fbd3098088b2a00280b0f1fb1c13903d504b",
        DynamicsLayout.encode(KEY, dynamics),
        dynamics,
        bytes -> DynamicsLayout.decode(KEY, bytes));
    RhythmLayout.Rhythm rhythm = new RhythmLayout.Rhythm(300, 1, 2, 9, new byte[] {5});
    golden(
        "01ac02000000000000000100000000000000020901058b03bae7",
        RhythmLayout.encode(KEY, rhythm),
        "300 1 2 [5]",
        bytes -> {
          RhythmLayout.Rhythm read = RhythmLayout.decode(KEY, bytes);
          return read.cycle()
              + " "
              + read.lastSleep()
              + " "
              + read.lastConsolidation()
              + " "
              + Arrays.toString(read.consolidated());
        });
  }

  @Test
  void forgettingTombstoneAndSchemaRows() {
    UUID operation = new UUID(1, 2);
    byte[] key = Keys.forgetting(5, operation);
    Forgetting forgetting =
        new Forgetting(
            RecordId.of(operation),
            Instant.ofEpochMilli(3),
            Instant.ofEpochMilli(4),
            300,
            6,
            7,
            Forgetting.State.UNDONE);
    golden(
        "010200000000000000030000000000000004ac0206078b2db649",
        ForgettingLayout.encode(key, forgetting),
        forgetting,
        bytes -> ForgettingLayout.decode(key, bytes));
    byte[] tombstoneKey = Keys.tombstone(5, operation, 9);
    TombstoneLayout.Tombstone tombstone =
        new TombstoneLayout.Tombstone(
            KEY,
            new byte[] {1},
            new byte[] {2, 3},
            new byte[0],
            List.of(new TombstoneLayout.Synapse(new byte[] {4}, new byte[] {5})));
    golden(
        "0100000001000000000000000701010202030001010401059264f2e3",
        TombstoneLayout.encode(tombstoneKey, tombstone),
        "[1] [2, 3] [] [4] [5]",
        bytes -> describe(TombstoneLayout.decode(tombstoneKey, bytes)));
    byte[] schemas = Keys.schemas(5);
    golden(
        "010000000000000001ac02010247c8d3e9",
        SchemaLayout.encode(schemas, new SchemaLayout.Run(1, 300, new byte[] {2})),
        "1 300 [2]",
        bytes -> {
          SchemaLayout.Run run = SchemaLayout.decode(schemas, bytes);
          return run.run() + " " + run.seen() + " " + Arrays.toString(run.reached());
        });
  }

  private static String describe(TombstoneLayout.Tombstone tombstone) {
    TombstoneLayout.Synapse synapse = tombstone.synapses().getFirst();
    return String.join(
        " ",
        Arrays.toString(tombstone.record()),
        Arrays.toString(tombstone.concept()),
        Arrays.toString(tombstone.vector()),
        Arrays.toString(synapse.key()),
        Arrays.toString(synapse.row()));
  }

  @Test
  void collectionNameAndIdentityRows() {
    golden(
        "0202020000000003000000000000000100000000000000023fe00000000000000201016e"
            + "07656e676c697368010170016d030139704ea0",
        CollectionLayout.encode(KEY, DESCRIPTOR),
        DESCRIPTOR,
        bytes -> CollectionLayout.decode(KEY, bytes));
    NameLayout.Name name = new NameLayout.Name("n", 5, true);
    golden(
        "010100000005016ee0fd97c2",
        NameLayout.encode(KEY, name),
        name,
        bytes -> NameLayout.decode(KEY, bytes));
    IdentityLayout.Identity identity = new IdentityLayout.Identity(new UUID(1, 2), 3, 4);
    golden(
        "02000000000000000100000000000000020000000000000003000000000000000400c2e54a3b",
        IdentityLayout.encode(KEY, identity),
        identity,
        bytes -> IdentityLayout.decode(KEY, bytes));
    IdentityLayout.Identity restored =
        new IdentityLayout.Identity(
            new UUID(1, 2), 3, 4, new IdentityLayout.Origin(new UUID(5, 6), 7, 8));
    golden(
        "0200000000000000010000000000000002000000000000000300000000000000040100000000"
            + "000000050000000000000006000000000000000700000000000000088e87f269",
        IdentityLayout.encode(KEY, restored),
        restored,
        bytes -> IdentityLayout.decode(KEY, bytes));
  }

  @Test
  void identitiesOfTheFirstVersionHaveNoOrigin() {
    String stored = "010000000000000001000000000000000200000000000000030000000000000004d576ed03";
    assertEquals(
        new IdentityLayout.Identity(new UUID(1, 2), 3, 4),
        IdentityLayout.decode(KEY, HexFormat.of().parseHex(stored)));
  }

  @Test
  void manifests() {
    ManifestLayout.Manifest manifest =
        new ManifestLayout.Manifest(
            ManifestLayout.Kind.SNAPSHOT,
            new UUID(1, 2),
            new CommitId(3, 4),
            5,
            "n",
            "p",
            Metadata.of("k", 1),
            List.of(
                new ManifestLayout.Entry("log/000001.sst", 6, ""),
                new ManifestLayout.Entry("log/CURRENT", 300, Digest.hex(new byte[0]))));
    golden(
        "45474d4601010000000000000001000000000000000200000000000000030000000000000004"
            + "0000000000000005016e017001016b0102020e6c6f672f3030303030312e73737406000b6c6f"
            + "672f43555252454e54ac0220e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495"
            + "991b7852b8552fa09ef5cd8aeccce036e0d467f2836979db0513aa7575a39da8b55f3f977abd",
        ManifestLayout.encode(manifest),
        manifest,
        bytes -> ManifestLayout.decode(bytes, "manifest"));
  }

  @Test
  void commitFiles() {
    CommitFileLayout.Header header =
        new CommitFileLayout.Header(
            new IdentityLayout.Identity(
                new UUID(1, 2), 3, 4, new IdentityLayout.Origin(new UUID(5, 6), 7, 8)),
            9);
    golden(
        "45474346010000000000000001000000000000000200000000000000030000000000000004"
            + "01000000000000000500000000000000060000000000000007000000000000000800000000"
            + "000000098cdda0e6",
        CommitFileLayout.header(header),
        header,
        bytes -> CommitFileLayout.header(Arrays.copyOf(bytes, 82), "file"));
    byte[] value = {1, 2, 3};
    ByteWriter changes = new ByteWriter();
    CommitLayout.reference(changes, 4, KEY, value);
    byte[] logKey = Keys.commit(9);
    CommitLayout.Header commit = new CommitLayout.Header(new CommitId(3, 9), 10, 11, null, null);
    byte[] row = CommitLayout.encode(logKey, commit, 1, changes);
    ByteWriter whole =
        CommitFileLayout.commit(9, row, List.of(new CommitFileLayout.Value(4, KEY, value)));
    String prefix = "0100000057";
    String rest =
        "00000000000000093b0100000000000000030000000000000009000000000000000a00000000"
            + "0000000b000103040c00000001000000000000000703f130f21ef52f6c3e01040c0000000100"
            + "0000000000000703010203e0a58f83";
    assertEquals(prefix + rest, HexFormat.of().formatHex(whole.toBytes()));
    golden(
        rest,
        HexFormat.of().parseHex(rest),
        "CommitId 9, [1, 2, 3]",
        bytes -> {
          CommitFileLayout.Shipped read = CommitFileLayout.commit(bytes, 9, "file");
          return "CommitId "
              + read.lsn()
              + ", "
              + Arrays.toString(read.values().getFirst().value());
        });
    assertEquals("020000000000000009", HexFormat.of().formatHex(CommitFileLayout.end(9)));
  }

  @Test
  void manifestsNameNoFileOutsideTheirDirectory() {
    for (String path :
        List.of(
            "..",
            "../a",
            "a/../b",
            "/a",
            "a//b",
            "a/",
            "",
            ".a",
            "a\\b",
            "c:a",
            "a".repeat(ManifestLayout.MAX_PATH + 1))) {
      assertThrows(CorruptStoreException.class, () -> readBack(path), path);
    }
    assertThrows(CorruptStoreException.class, () -> readBack("a", "a"));
    String longest = "a".repeat(ManifestLayout.MAX_PATH);
    assertEquals(longest, readBack(longest).files().getFirst().path());
  }

  private static ManifestLayout.Manifest readBack(String... paths) {
    ManifestLayout.Manifest manifest =
        new ManifestLayout.Manifest(
            ManifestLayout.Kind.FULL,
            new UUID(1, 2),
            new CommitId(3, 4),
            5,
            "",
            "",
            Metadata.empty(),
            Arrays.stream(paths).map(path -> new ManifestLayout.Entry(path, 1, "")).toList());
    return ManifestLayout.decode(ManifestLayout.encode(manifest), "manifest");
  }

  @Test
  void manifestsOfANewerVersionAreAMismatch() {
    byte[] bytes = ManifestLayout.encode(emptyManifest());
    bytes[4]++;
    byte[] body = Arrays.copyOf(bytes, bytes.length - 32);
    ByteWriter newer = new ByteWriter().raw(body).raw(Digest.newSha256().digest(body));
    assertThrows(MismatchException.class, () -> ManifestLayout.decode(newer.toBytes(), "manifest"));
  }

  private static ManifestLayout.Manifest emptyManifest() {
    return new ManifestLayout.Manifest(
        ManifestLayout.Kind.FULL,
        new UUID(1, 2),
        new CommitId(3, 4),
        5,
        "",
        "",
        Metadata.empty(),
        List.of());
  }

  @Test
  void collectionsOfTheFirstVersionHaveEightBits() {
    String stored =
        "0102020000000003000000000000000100000000000000023fe0000000000000016e0765"
            + "6e676c697368010170016d0301445b8baa";
    CollectionLayout.Descriptor read =
        CollectionLayout.decode(KEY, HexFormat.of().parseHex(stored));
    assertEquals(Quantization.BITS_8, read.quantization());
    assertFalse(read.resident());
    assertEquals(.5, read.recallTarget());
    assertEquals("n", read.name());
    assertEquals(new EmbedderIdentity("p", "m", 3, true), read.embedder());
  }

  @Test
  void commitRow() {
    ByteWriter changes = new ByteWriter();
    CommitLayout.put(changes, 3, new byte[] {1}, new byte[] {2, 3});
    CommitLayout.delete(changes, 3, new byte[] {4});
    CommitLayout.reference(changes, 4, new byte[] {5}, new byte[] {6, 7});
    CommitLayout.deletePrefix(changes, 3, new byte[] {8});
    CommitLayout.Header header = new CommitLayout.Header(new CommitId(1, 2), 3, 4, "k", "a");
    byte[] key = Keys.commit(2);
    golden(
        "01000000000000000100000000000000020000000000000003000000000000000403016b"
            + "016104010301010202030203010403040105024c64420b040301084eca11c8",
        CommitLayout.encode(key, header, 4, changes),
        describe(header, 4),
        bytes -> {
          CommitLayout.Read read = CommitLayout.decode(key, bytes);
          return describe(read.header(), read.entries().size());
        });
  }

  private static String describe(CommitLayout.Header header, int entries) {
    return header + " " + entries;
  }

  @Test
  void auditRows() {
    String ones = "01".repeat(32);
    String twos = "02".repeat(32);
    AuditEntry entry =
        new AuditEntry(5, new CommitId(1, 2), Instant.ofEpochMilli(3), "a", "b", "c", ones, twos);
    golden(
        "010000000000000005000000000000000100000000000000020000000000000003016101"
            + "620163010101010101010101010101010101010101010101010101010101010101010102"
            + "02020202020202020202020202020202020202020202020202020202020202174d3191",
        AuditLayout.encode(KEY, entry),
        entry,
        bytes -> AuditLayout.decode(KEY, bytes));
    AuditLayout.State state = new AuditLayout.State(true, new AuditHead(5, "03".repeat(32)));
    golden(
        "010100000000000000050303030303030303030303030303030303030303030303030303"
            + "03030303030332bd77b0",
        AuditLayout.encodeState(KEY, state),
        state,
        bytes -> AuditLayout.decodeState(KEY, bytes));
    AuditHead anchor = new AuditHead(4, twos);
    golden(
        "010000000000000004020202020202020202020202020202020202020202020202020202"
            + "0202020202210f15cb",
        AuditLayout.encodeAnchor(KEY, anchor),
        anchor,
        bytes -> AuditLayout.decodeAnchor(KEY, bytes));
  }

  @Test
  void aValueUnderAnotherKeyIsDamage() {
    byte[] encoded = EmptyRow.encode(KEY);
    assertThrows(
        CorruptStoreException.class,
        () -> EmptyRow.check(Keys.record(1, 0, 8), encoded, "empty row"));
  }

  @Test
  void anotherVersionIsNamed() {
    byte[] encoded = Frame.seal(KEY, Frame.start(9, 0));
    CorruptStoreException e =
        assertThrows(CorruptStoreException.class, () -> EmptyRow.check(KEY, encoded, "empty row"));
    assertEquals(true, e.getMessage().contains("version=9"));
  }
}
