package dev.engram.internal.log;

/** The families of rows: one RocksDB column family each. The codes are part of the format. */
public enum Family {
  META(1, "meta", Use.SMALL),
  CONFIG(2, "config", Use.SMALL),
  RECORDS(3, "records", Use.LARGE),
  VECTORS(4, "vectors", Use.BLOBS),
  IDS(5, "ids", Use.POINTS),
  CONTENT(6, "content", Use.POINTS),
  CONCEPTS(7, "concepts", Use.POINTS),
  SHORT_TERM(8, "st_edges", Use.POINTS),
  LONG_TERM(9, "lt_edges", Use.POINTS),
  REVERSE(10, "rev_edges", Use.POINTS),
  EXPIRY(11, "expiry", Use.SMALL),
  PENDING(12, "pending", Use.SMALL),
  IDEMPOTENCY(13, "idempotency", Use.SMALL),
  LOG(14, "log", Use.LARGE),
  WORKING(15, "working", Use.SMALL),
  FORGOTTEN(16, "forgotten", Use.LARGE),
  OPERATIONS(17, "operations", Use.SMALL),
  HISTORY(18, "history", Use.LARGE),
  AUDIT(19, "audit", Use.SMALL);

  /** What a family is tuned for. */
  enum Use {
    /** Few or short-lived rows. */
    SMALL,
    /** Many small rows, read one by one. */
    POINTS,
    /** Large rows. */
    LARGE,
    /** Values outside the sorted files, written once under keys that are never used again. */
    BLOBS
  }

  private static final Family[] BY_CODE = new Family[values().length + 1];

  static {
    for (Family family : values()) {
      BY_CODE[family.code] = family;
    }
  }

  private final int code;
  private final String title;
  private final Use use;

  Family(int code, String title, Use use) {
    this.code = code;
    this.title = title;
    this.use = use;
  }

  /** The number that stands for the family in commits. */
  public int code() {
    return code;
  }

  /** The name of the column family. */
  public String title() {
    return title;
  }

  Use use() {
    return use;
  }

  /** Whether commits refer to the values instead of holding them. */
  public boolean referenced() {
    return use == Use.BLOBS;
  }

  /** Whether rows that were read are held in the heap; see {@link RowCache}. */
  boolean cached() {
    return this == IDS || this == RECORDS || this == CONCEPTS;
  }

  /** A hash of a key of this family: FNV-1a with a final mix. */
  long hash(byte[] key) {
    long hash = 0xcbf29ce484222325L ^ code;
    for (byte b : key) {
      hash = (hash ^ (b & 0xFF)) * 0x100000001b3L;
    }
    hash ^= hash >>> 32;
    hash *= 0x9E3779B97F4A7C15L;
    return hash ^ (hash >>> 29);
  }

  /** How many there are. */
  static int count() {
    return BY_CODE.length - 1;
  }

  /** The family of a code that was read. */
  public static Family of(int code) {
    if (code < 1 || code >= BY_CODE.length) {
      throw new dev.engram.CorruptStoreException(
          "unreadable commit: family=" + code + "; open it with a newer Engram");
    }
    return BY_CODE[code];
  }
}
