package dev.engram.internal.format;

import dev.engram.CommitId;
import dev.engram.CorruptStoreException;
import dev.engram.Metadata;
import dev.engram.MismatchException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A manifest: the file that says what belongs to a snapshot or a backup, and is written last.
 *
 * <pre>
 *   magic "EGMF" (4) | version (1)
 *   kind (1: 1 snapshot, 2 full, 3 incremental, 4 differential backup)
 *   store id (16) | timeline (8) | LSN (8) | created (8, milliseconds since the epoch)
 *   name, id of the parent (texts; empty for none) | metadata (MetadataLayout)
 *   count (varint), then each file:
 *     path (text) | bytes (varint)
 *     SHA-256 (length and bytes: 32, or 0 where the file checks itself)
 *   SHA-256 of everything before (32)
 * </pre>
 *
 * Every version begins with the magic and the version and ends with the digest.
 */
public final class ManifestLayout {
  /** Largest manifest that is read, in bytes. */
  public static final int MAX_BYTES = 64 << 20;

  /** Longest path of a file in a manifest, in characters. */
  public static final int MAX_PATH = 512;

  private static final int MAGIC = 0x45474D46;
  private static final int VERSION = 1;
  private static final int DIGEST_BYTES = 32;
  private static final String PART = "[A-Za-z0-9_-][A-Za-z0-9._-]*";
  private static final Pattern PATH = Pattern.compile(PART + "(/" + PART + ")*");
  private static final List<Kind> KINDS =
      List.of(Kind.SNAPSHOT, Kind.FULL, Kind.INCREMENTAL, Kind.DIFFERENTIAL);

  private ManifestLayout() {}

  /** What a manifest describes. */
  public enum Kind {
    SNAPSHOT,
    FULL,
    INCREMENTAL,
    DIFFERENTIAL
  }

  /**
   * A file.
   *
   * @param path below the directory of the manifest, its parts separated by {@code /}
   * @param bytes its size
   * @param digest SHA-256 in hexadecimal; empty where its content checks itself
   */
  public record Entry(String path, long bytes, String digest) {}

  /**
   * A manifest.
   *
   * @param storeId of the store that was copied
   * @param commit the last one that is in it
   * @param createdAt milliseconds since the epoch
   * @param parent id of the backup that it continues; empty for none
   */
  public record Manifest(
      Kind kind,
      UUID storeId,
      CommitId commit,
      long createdAt,
      String name,
      String parent,
      Metadata metadata,
      List<Entry> files) {
    public Manifest {
      files = List.copyOf(files);
    }

    /** Bytes of all files. */
    public long bytes() {
      return files.stream().mapToLong(Entry::bytes).sum();
    }
  }

  public static byte[] encode(Manifest manifest) {
    ByteWriter out = new ByteWriter(1024);
    out.i32(MAGIC).u8(VERSION).u8(KINDS.indexOf(manifest.kind()) + 1);
    UUID store = manifest.storeId();
    out.i64(store.getMostSignificantBits()).i64(store.getLeastSignificantBits());
    out.i64(manifest.commit().timeline()).i64(manifest.commit().lsn()).i64(manifest.createdAt());
    out.text(manifest.name()).text(manifest.parent());
    MetadataLayout.encode(out, manifest.metadata());
    out.varint(manifest.files().size());
    for (Entry file : manifest.files()) {
      out.text(file.path()).varint(file.bytes()).block(HexFormat.of().parseHex(file.digest()));
    }
    return out.raw(Digest.newSha256().digest(out.toBytes())).toBytes();
  }

  /**
   * Reads a manifest that anybody may have written.
   *
   * @param what names it in errors
   * @throws CorruptStoreException where it is damaged, or names a file outside its directory
   * @throws MismatchException where it has another version
   */
  public static Manifest decode(byte[] bytes, String what) {
    ByteReader in = opened(bytes, what);
    int code = in.u8();
    if (code < 1 || code > KINDS.size()) {
      throw in.damaged("kind=" + code);
    }
    UUID store = new UUID(in.i64(), in.i64());
    CommitId commit = new CommitId(in.i64(), in.i64());
    long createdAt = in.i64();
    String name = in.text();
    String parent = in.text();
    Metadata metadata = MetadataLayout.decode(in);
    List<Entry> files = files(in);
    in.end();
    return new Manifest(
        KINDS.get(code - 1), store, commit, createdAt, name, parent, metadata, files);
  }

  private static ByteReader opened(byte[] bytes, String what) {
    int body = bytes.length - DIGEST_BYTES;
    if (body < 5) {
      throw new CorruptStoreException("damaged " + what + ": bytes=" + bytes.length);
    }
    byte[] stored = Arrays.copyOfRange(bytes, body, bytes.length);
    ByteReader in = new ByteReader(bytes, 0, body, what);
    if (in.i32() != MAGIC
        || !Arrays.equals(stored, Digest.newSha256().digest(Arrays.copyOf(bytes, body)))) {
      throw new CorruptStoreException("damaged " + what + ": its digest is wrong");
    }
    int version = in.u8();
    if (version != VERSION) {
      throw new MismatchException(
          "the "
              + what
              + " has another version: stored="
              + version
              + ", supported="
              + VERSION
              + "; use the version of Engram that made it");
    }
    return in;
  }

  private static List<Entry> files(ByteReader in) {
    int count = in.length();
    List<Entry> files = new ArrayList<>();
    Set<String> paths = new HashSet<>();
    for (int i = 0; i < count; i++) {
      String path = in.text();
      long bytes = in.varint();
      byte[] digest = in.block();
      if (path.length() > MAX_PATH || !PATH.matcher(path).matches() || !paths.add(path)) {
        throw in.damaged("the path of file " + i + " is not allowed");
      }
      if (bytes < 0 || (digest.length != 0 && digest.length != DIGEST_BYTES)) {
        throw in.damaged("file " + i + ": bytes=" + bytes + ", digest=" + digest.length);
      }
      files.add(new Entry(path, bytes, HexFormat.of().formatHex(digest)));
    }
    return files;
  }
}
