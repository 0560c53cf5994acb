package dev.engram.internal.format;

import dev.engram.AuditEntry;
import dev.engram.AuditHead;
import dev.engram.CollectionInfo.Kind;
import dev.engram.CommitId;
import dev.engram.CorruptStoreException;
import dev.engram.Dynamics;
import dev.engram.EngramException;
import dev.engram.Forgetting;
import dev.engram.Metadata;
import dev.engram.Metric;
import dev.engram.Provenance;
import dev.engram.Quantization;
import dev.engram.RecordId;
import dev.engram.Synapse;
import dev.engram.internal.log.CommitFiles;
import dev.engram.spi.EmbedderIdentity;
import dev.engram.testing.Fuzzing;
import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Rows, commits, manifests and commit files that nobody wrote. */
class LayoutFuzzTest {
  private static final byte[] KEY = Keys.record(1, 0, 7);
  private static final Metadata METADATA =
      Metadata.of("s", "é", "i", -3, "d", 1.5, "b", true)
          .with("t", Instant.ofEpochSecond(1, 2))
          .with("l", List.of(1, "x", List.of()))
          .with("m", Map.of("k", Map.of("deeper", List.of(2.5))));

  private static <T> void rows(
      String what, BiFunction<byte[], byte[], T> decode, byte[]... encodings) {
    rows(what, KEY, decode, encodings);
  }

  /** Rows under a key, most of which have a checksum that fits whatever they say. */
  private static <T> void rows(
      String what, byte[] key, BiFunction<byte[], byte[], T> decode, byte[]... encodings) {
    Fuzzing.of(what, CorruptStoreException.class, List.of(encodings))
        .ending(bytes -> framed(key, bytes))
        .run(bytes -> {
          T _ = decode.apply(key, bytes);
        });
  }

  /** The same, with the checksum of a frame at its end. */
  private static byte[] framed(byte[] key, byte[] bytes) {
    int body = Math.max(0, bytes.length - Integer.BYTES);
    return Frame.seal(key, new ByteWriter().raw(bytes, 0, body));
  }

  private static RecordLayout.Row record(RecordId id) {
    Provenance origin = new Provenance("f", "9");
    return new RecordLayout.Row(
        id, 1, 2, 3, 4, new Times(-5, -6, 7), "green tea", true, origin, METADATA);
  }

  @Test
  void records() {
    rows(
        "record",
        RecordLayout::decode,
        RecordLayout.encode(KEY, record(RecordId.of("a"))),
        RecordLayout.encode(KEY, record(RecordId.of(7))),
        RecordLayout.encode(KEY, record(RecordId.of(new UUID(1, 2)))));
  }

  @Test
  void vectorsPointersAndNumbers() {
    rows("vector", VectorLayout::decode, VectorLayout.encode(KEY, new float[] {1, -2, Float.NaN}));
    rows(
        "pointer",
        PointerLayout::decode,
        PointerLayout.encode(KEY, new PointerLayout.Pointer(1, 2)));
    rows(
        "numbers",
        (key, value) -> NumberLayout.decode(key, value),
        NumberLayout.encode(KEY, 1, 2, 3));
    rows(
        "three numbers",
        (key, value) -> NumberLayout.decode(key, value, 3),
        NumberLayout.encode(KEY, 1, 2, 3));
    rows(
        "empty row",
        (key, value) -> {
          EmptyRow.check(key, value, "empty row");
          return 0;
        },
        EmptyRow.encode(KEY));
  }

  @Test
  void whatASpaceHolds() {
    rows(
        "concept",
        ConceptLayout::decode,
        ConceptLayout.encode(KEY, new ConceptLayout.Concept(1, 2, 3, 400, .5, 6, true)));
    rows(
        "synapse",
        SynapseLayout::decode,
        SynapseLayout.encode(
            KEY, new SynapseLayout.Edge(Synapse.Tier.LONG_TERM, .5, 3, 7, 1, 2, 4, "RELATED")));
    rows(
        "working",
        WorkingLayout::decode,
        WorkingLayout.encode(KEY, new WorkingLayout.Held(1, 2, 300)));
    rows(
        "dynamics",
        DynamicsLayout::decode,
        DynamicsLayout.encode(KEY, Dynamics.researchOptimized()));
    rows(
        "rhythm",
        RhythmLayout::decode,
        RhythmLayout.encode(KEY, new RhythmLayout.Rhythm(300, 1, 2, 9, new byte[] {5})));
    rows(
        "schemas",
        SchemaLayout::decode,
        SchemaLayout.encode(KEY, new SchemaLayout.Run(1, 300, new byte[] {2})));
    rows(
        "operation",
        OperationLayout::decode,
        OperationLayout.encode(
            KEY,
            new OperationLayout.Operation(
                1, List.of(RecordId.of("a"), RecordId.of(7)), true, false, .5)));
  }

  @Test
  void whatWasForgotten() {
    UUID operation = new UUID(1, 2);
    Forgetting forgetting =
        new Forgetting(
            RecordId.of(operation),
            Instant.ofEpochMilli(3),
            Instant.ofEpochMilli(4),
            300,
            6,
            7,
            Forgetting.State.UNDONE);
    byte[] key = Keys.forgetting(5, operation);
    rows("forgetting", key, ForgettingLayout::decode, ForgettingLayout.encode(key, forgetting));
    byte[] one = {1};
    TombstoneLayout.Synapse synapse = new TombstoneLayout.Synapse(new byte[] {4}, one);
    rows(
        "tombstone",
        TombstoneLayout::decode,
        TombstoneLayout.encode(
            KEY,
            new TombstoneLayout.Tombstone(
                KEY, one, new byte[] {2, 3}, new byte[0], List.of(synapse, synapse))));
  }

  @Test
  void descriptionsNamesAndIdentities() {
    CollectionLayout.Descriptor descriptor =
        new CollectionLayout.Descriptor(
            "name",
            Kind.SPACE,
            Metric.DOT,
            0,
            300,
            1,
            2,
            .5,
            Quantization.BITS_4,
            true,
            "english",
            new EmbedderIdentity("provider", "model", 300, true));
    rows("description", CollectionLayout::decode, CollectionLayout.encode(KEY, descriptor));
    rows("name", NameLayout::decode, NameLayout.encode(KEY, new NameLayout.Name("name", 5, true)));
    UUID store = new UUID(1, 2);
    rows(
        "identity",
        IdentityLayout::decode,
        IdentityLayout.encode(KEY, new IdentityLayout.Identity(store, 3, 4)),
        IdentityLayout.encode(KEY, identity()));
  }

  private static IdentityLayout.Identity identity() {
    return new IdentityLayout.Identity(
        new UUID(1, 2), 3, 4, new IdentityLayout.Origin(new UUID(5, 6), 7, 8));
  }

  @Test
  void theAuditLog() {
    String ones = "01".repeat(32);
    AuditEntry entry =
        new AuditEntry(5, new CommitId(1, 2), Instant.ofEpochMilli(3), "a", "b", "c", ones, ones);
    rows("audit entry", AuditLayout::decode, AuditLayout.encode(KEY, entry));
    AuditHead head = new AuditHead(5, ones);
    rows(
        "audit head",
        AuditLayout::decodeState,
        AuditLayout.encodeState(KEY, new AuditLayout.State(true, head)));
    rows("audit anchor", AuditLayout::decodeAnchor, AuditLayout.encodeAnchor(KEY, head));
  }

  private static byte[] commitRow(long lsn) {
    ByteWriter changes = new ByteWriter();
    CommitLayout.put(changes, 3, KEY, RecordLayout.encode(KEY, record(RecordId.of("a"))));
    CommitLayout.delete(changes, 3, new byte[] {4});
    CommitLayout.reference(changes, 4, KEY, new byte[] {6, 7});
    CommitLayout.deletePrefix(changes, 3, new byte[] {8});
    CommitLayout.Header header = new CommitLayout.Header(new CommitId(1, lsn), 3, 4, "k", "a");
    return CommitLayout.encode(Keys.commit(lsn), header, 4, changes);
  }

  @Test
  void commits() {
    rows("commit", Keys.commit(2), CommitLayout::decode, commitRow(2));
  }

  @Test
  void manifests() {
    ManifestLayout.Manifest manifest =
        new ManifestLayout.Manifest(
            ManifestLayout.Kind.INCREMENTAL,
            new UUID(1, 2),
            new CommitId(3, 4),
            5,
            "name",
            "parent",
            METADATA,
            List.of(
                new ManifestLayout.Entry("log/000001.sst", 6, ""),
                new ManifestLayout.Entry("log/CURRENT", 300, Digest.hex(new byte[0]))));
    Fuzzing.of("manifest", EngramException.class, List.of(ManifestLayout.encode(manifest)))
        .ending(LayoutFuzzTest::digested)
        .run(bytes -> {
          long _ = ManifestLayout.decode(bytes, "manifest").bytes();
        });
  }

  /** The same, with the digest of what is before at its end. */
  private static byte[] digested(byte[] bytes) {
    byte[] body = Arrays.copyOf(bytes, Math.max(0, bytes.length - 32));
    return new ByteWriter().raw(body).raw(Digest.newSha256().digest(body)).toBytes();
  }

  private static final CommitFileLayout.Value VALUE =
      new CommitFileLayout.Value(4, KEY, new byte[] {6, 7});

  @Test
  void headersOfCommitFiles() {
    byte[] header = CommitFileLayout.header(new CommitFileLayout.Header(identity(), 9));
    Fuzzing.of("header of a commit file", EngramException.class, List.of(header))
        .ending(bytes -> summed(Arrays.copyOf(bytes, header.length)))
        .run(bytes -> {
          byte[] exact = Arrays.copyOf(bytes, header.length);
          long _ = CommitFileLayout.header(exact, "file").firstLsn();
        });
  }

  @Test
  void commitsInFiles() {
    byte[] commit = CommitFileLayout.commit(9, commitRow(9), List.of(VALUE)).toBytes();
    byte[] rest = Arrays.copyOfRange(commit, 5, commit.length);
    UnaryOperator<byte[]> ending =
        bytes -> {
          ByteWriter whole = new ByteWriter().u8(CommitFileLayout.COMMIT);
          whole.i32(bytes.length - Integer.BYTES).raw(bytes);
          byte[] sealed = summed(whole.toBytes());
          return Arrays.copyOfRange(sealed, Math.min(5, sealed.length), sealed.length);
        };
    Fuzzing.of("commit of a commit file", CorruptStoreException.class, List.of(rest))
        .ending(ending)
        .run(bytes -> {
          long _ = CommitFileLayout.commit(bytes, 9, "file").lsn();
        });
  }

  @Test
  void commitFiles() {
    ByteWriter file = new ByteWriter();
    file.raw(CommitFileLayout.header(new CommitFileLayout.Header(identity(), 9)));
    for (int lsn = 9; lsn < 12; lsn++) {
      file.raw(CommitFileLayout.commit(lsn, commitRow(lsn), List.of(VALUE)).toBytes());
    }
    byte[] before = file.raw(CommitFileLayout.end(11)).toBytes();
    byte[] whole = new ByteWriter().raw(before).raw(new byte[32]).toBytes();
    Fuzzing.of("commit file", EngramException.class, List.of(digested(whole)))
        .ending(LayoutFuzzTest::digested)
        .run(bytes -> {
          long _ = CommitFiles.PLAIN.validate(new ByteArrayInputStream(bytes), "file").lastLsn();
        });
  }

  /** The same, with the checksum of what is before at its end. */
  private static byte[] summed(byte[] bytes) {
    int body = Math.max(0, bytes.length - Integer.BYTES);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, body);
    return new ByteWriter().raw(bytes, 0, body).i32((int) crc.getValue()).toBytes();
  }
}
