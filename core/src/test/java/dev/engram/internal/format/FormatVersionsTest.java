package dev.engram.internal.format;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CorruptStoreException;
import dev.engram.MismatchException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** What is of another version says which, and which one is known; see docs/internals/formats.md. */
class FormatVersionsTest {
  private static final byte[] KEY = Keys.forgetting(5, new java.util.UUID(1, 2));

  /** What reads rows of each layout, and the version that it writes. */
  private static Map<BiConsumer<byte[], byte[]>, Integer> rows() {
    Map<BiConsumer<byte[], byte[]>, Integer> rows = new LinkedHashMap<>();
    rows.put(AuditLayout::decode, 1);
    rows.put(AuditLayout::decodeState, 1);
    rows.put(AuditLayout::decodeAnchor, 1);
    rows.put(CollectionLayout::decode, 2);
    rows.put(CommitLayout::decode, 1);
    rows.put(ConceptLayout::decode, 2);
    rows.put(DynamicsLayout::decode, 2);
    rows.put((key, value) -> EmptyRow.check(key, value, "empty row"), 1);
    rows.put(ForgettingLayout::decode, 1);
    rows.put(IdentityLayout::decode, 2);
    rows.put(NameLayout::decode, 1);
    rows.put((key, value) -> NumberLayout.decode(key, value), 1);
    rows.put(OperationLayout::decode, 1);
    rows.put(PointerLayout::decode, 1);
    rows.put(RecordLayout::decode, 1);
    rows.put(RhythmLayout::decode, 1);
    rows.put(SchemaLayout::decode, 1);
    rows.put(SynapseLayout::decode, 2);
    rows.put(TombstoneLayout::decode, 1);
    rows.put(VectorLayout::decode, 1);
    rows.put(WorkingLayout::decode, 1);
    return rows;
  }

  @Test
  void rowsNameBothVersions() {
    rows()
        .forEach((read, known) -> {
          String newer = refused(read, known + 1);
          assertTrue(newer.contains("version=" + (known + 1) + ", known=" + known), newer);
          assertTrue(newer.contains("a newer Engram"), newer);
          String older = refused(read, 0);
          assertTrue(older.contains("version=0, known=" + known), older);
          assertTrue(older.contains("an older Engram"), older);
        });
  }

  private static String refused(BiConsumer<byte[], byte[]> read, int version) {
    byte[] row = Frame.seal(KEY, Frame.start(version, 0));
    return assertThrows(CorruptStoreException.class, () -> read.accept(KEY, row)).getMessage();
  }

  private static void assertMismatch(byte[] file, Consumer<byte[]> read) {
    String message = assertThrows(MismatchException.class, () -> read.accept(file)).getMessage();
    assertTrue(message.contains("stored=9, supported=1"), message);
  }

  @Test
  void manifestsNameBothVersions() {
    byte[] body = Arrays.copyOf(new byte[] {'E', 'G', 'M', 'F', 9}, 60);
    byte[] file = new ByteWriter().raw(body).raw(Digest.newSha256().digest(body)).toBytes();
    assertMismatch(file, bytes -> ManifestLayout.decode(bytes, "manifest"));
  }

  @Test
  void commitFilesNameBothVersions() {
    int length = CommitFileLayout.HEADER_BYTES - Integer.BYTES;
    byte[] body = Arrays.copyOf(new byte[] {'E', 'G', 'C', 'F', 9}, length);
    assertMismatch(summed(body), bytes -> CommitFileLayout.header(bytes, "file"));
  }

  private static byte[] summed(byte[] body) {
    CRC32C crc = new CRC32C();
    crc.update(body);
    return new ByteWriter().raw(body).i32((int) crc.getValue()).toBytes();
  }

  @Test
  void filesOfKeysNameBothVersions() {
    byte[] body = Arrays.copyOf(new byte[] {'E', 'G', 'K', 'F', 9}, 60);
    assertMismatch(summed(body), bytes -> dev.engram.internal.crypto.KeysLayout.contents(bytes));
  }

  @Test
  void whatIsNoneOfOursIsDamaged() {
    byte[] foreign = Arrays.copyOf(new byte[] {'P', 'K', 3, 4}, 200);
    assertThrows(CorruptStoreException.class, () -> ManifestLayout.decode(foreign, "manifest"));
    byte[] head = Arrays.copyOf(foreign, CommitFileLayout.HEADER_BYTES);
    assertThrows(CorruptStoreException.class, () -> CommitFileLayout.header(head, "file"));
    assertThrows(
        CorruptStoreException.class, () -> dev.engram.internal.crypto.KeysLayout.contents(foreign));
    rows()
        .keySet()
        .forEach(
            read -> assertThrows(CorruptStoreException.class, () -> read.accept(KEY, foreign)));
  }
}
