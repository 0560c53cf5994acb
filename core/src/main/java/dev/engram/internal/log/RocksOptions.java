package dev.engram.internal.log;

import dev.engram.Compression;
import dev.engram.CorruptStoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.rocksdb.AbstractEventListener;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.Env;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.MutableColumnFamilyOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksObject;
import org.rocksdb.WriteBufferManager;

/**
 * RocksDB's options, made once for an open store and freed with it. Some have no setter in Java and
 * are given as properties; since RocksDB ignores or refuses some silently, {@link #expected} says
 * what the store must find in the OPTIONS file after opening.
 */
final class RocksOptions implements AutoCloseable {
  /** Memory for blocks that were read. */
  private static final long BLOCK_CACHE_BYTES = 128L << 20;

  /** So few that a shard is large beside a block. */
  private static final int CACHE_SHARD_BITS = 4;

  /** Memory for rows that are not in files yet, over all families. */
  private static final long WRITE_BUFFER_BYTES = 64L << 20;

  private static final long FAMILY_BUFFER_BYTES = 16L << 20;
  private static final long MAX_WAL_BYTES = 128L << 20;
  private static final long MIN_BLOB_BYTES = 256;

  /** The share of blob files, by age, that compactions move living values out of. */
  private static final double MOVE_NO_BLOBS = 0;

  private static final double MOVE_ALL_BLOBS = 1;

  private final List<RocksObject> owned = new ArrayList<>();
  private final Cache cache = own(new LRUCache(BLOCK_CACHE_BYTES, CACHE_SHARD_BITS));
  private final BloomFilter bloom = own(new BloomFilter(10));
  private final DBOptions db;
  private final Compression compression;
  private final boolean acceptLoss;

  RocksOptions(Compression compression, boolean acceptLoss, Env env, AbstractEventListener events) {
    this.compression = compression;
    this.acceptLoss = acceptLoss;
    Properties hidden = new Properties();
    hidden.setProperty("wal_recovery_mode", recoveryMode());
    hidden.setProperty("track_and_verify_wals_in_manifest", "true");
    this.db = own(require(DBOptions.getDBOptionsFromProps(hidden), hidden));
    WriteBufferManager buffers = own(new WriteBufferManager(WRITE_BUFFER_BYTES, cache, true));
    db.setCreateIfMissing(true)
        .setCreateMissingColumnFamilies(true)
        .setEnv(env)
        .setListeners(List.of(events))
        .setAtomicFlush(true)
        .setWriteBufferManager(buffers)
        .setMaxTotalWalSize(MAX_WAL_BYTES)
        .setMaxBackgroundJobs(2)
        .setMaxOpenFiles(512)
        // At most sixteen files of a family are opened with the store, soon enough by one thread;
        // by default sixteen threads are started for each family, however few files it has.
        .setMaxFileOpeningThreads(1)
        .setBytesPerSync(1 << 20)
        .setMaxBgErrorResumeCount(0)
        .setSkipStatsUpdateOnDbOpen(true)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setKeepLogFileNum(2);
  }

  /** Whether the compactions of a family move living values out of old blob files. */
  static MutableColumnFamilyOptions movingBlobs(boolean moving) {
    return MutableColumnFamilyOptions.builder()
        .setBlobGarbageCollectionAgeCutoff(moving ? MOVE_ALL_BLOBS : MOVE_NO_BLOBS)
        .build();
  }

  DBOptions db() {
    return db;
  }

  /** One descriptor for each family, after RocksDB's own default one. */
  List<ColumnFamilyDescriptor> families() {
    List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
    descriptors.add(
        new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, own(new ColumnFamilyOptions())));
    for (Family family : Family.values()) {
      byte[] name = family.title().getBytes(java.nio.charset.StandardCharsets.US_ASCII);
      descriptors.add(new ColumnFamilyDescriptor(name, family(family)));
    }
    return descriptors;
  }

  /** What the OPTIONS file must say, by section and key. */
  Map<String, Map<String, String>> expected() {
    Map<String, Map<String, String>> expected = new TreeMap<>();
    expected.put(
        "DBOptions",
        Map.of(
            "wal_recovery_mode", recoveryMode(),
            "track_and_verify_wals_in_manifest", "true",
            "atomic_flush", "true",
            "paranoid_checks", "true",
            "max_bgerror_resume_count", "0"));
    for (Family family : Family.values()) {
      Map<String, String> values = new TreeMap<>();
      values.put("memtable_protection_bytes_per_key", "8");
      values.put("block_protection_bytes_per_key", "8");
      values.put("force_consistency_checks", "true");
      values.put("compression", rocksName(compressionOf(family)));
      values.put("enable_blob_files", Boolean.toString(family.referenced()));
      expected.put("CFOptions \"" + family.title() + "\"", values);
    }
    return expected;
  }

  @Override
  public void close() {
    for (RocksObject object : owned.reversed()) {
      object.close();
    }
  }

  private ColumnFamilyOptions family(Family family) {
    Properties hidden = new Properties();
    hidden.setProperty("memtable_protection_bytes_per_key", "8");
    hidden.setProperty("block_protection_bytes_per_key", "8");
    ColumnFamilyOptions options =
        own(require(ColumnFamilyOptions.getColumnFamilyOptionsFromProps(hidden), hidden));
    options
        .setWriteBufferSize(FAMILY_BUFFER_BYTES)
        .setMaxWriteBufferNumber(4)
        .setTableFormatConfig(table(family))
        .setCompressionType(compressionOf(family));
    if (family.use() == Family.Use.POINTS) {
      // Most questions before a write are for rows that are not there.
      options.setMemtablePrefixBloomSizeRatio(.1).setMemtableWholeKeyFiltering(true);
    }
    if (compression.level() > 0) {
      options.setCompressionOptions(own(new CompressionOptions()).setLevel(compression.level()));
    }
    if (family.referenced()) {
      options
          .setEnableBlobFiles(true)
          .setMinBlobSize(MIN_BLOB_BYTES)
          .setBlobFileSize(64L << 20)
          .setBlobCompressionType(compressionOf(family))
          .setEnableBlobGarbageCollection(true)
          .setBlobGarbageCollectionAgeCutoff(MOVE_NO_BLOBS);
    }
    return options;
  }

  /**
   * Indexes and filters are read in parts, as blocks: those of a large file would each push
   * everything else out of the cache.
   */
  private BlockBasedTableConfig table(Family family) {
    return new BlockBasedTableConfig()
        .setBlockCache(cache)
        .setFilterPolicy(bloom)
        .setBlockSize(family.use() == Family.Use.POINTS ? 4 * 1024 : 16 * 1024)
        .setIndexType(IndexType.kTwoLevelIndexSearch)
        .setPartitionFilters(true)
        .setCacheIndexAndFilterBlocks(true)
        .setPinTopLevelIndexAndFilter(true)
        .setPinL0FilterAndIndexBlocksInCache(true);
  }

  /** Floats do not compress: trying costs time only. */
  private CompressionType compressionOf(Family family) {
    if (family.referenced()) {
      return CompressionType.NO_COMPRESSION;
    }
    return switch (compression.codec()) {
      case NONE -> CompressionType.NO_COMPRESSION;
      case LZ4 -> CompressionType.LZ4_COMPRESSION;
      case ZSTD -> CompressionType.ZSTD_COMPRESSION;
    };
  }

  private String recoveryMode() {
    return acceptLoss ? "kPointInTimeRecovery" : "kTolerateCorruptedTailRecords";
  }

  private static String rocksName(CompressionType type) {
    return switch (type) {
      case LZ4_COMPRESSION -> "kLZ4Compression";
      case ZSTD_COMPRESSION -> "kZSTD";
      default -> "kNoCompression";
    };
  }

  private <T extends RocksObject> T own(T object) {
    owned.add(object);
    return object;
  }

  private static <T> T require(@org.jspecify.annotations.Nullable T options, Properties given) {
    if (options == null) {
      throw new CorruptStoreException("this RocksDB does not know an option of: " + given);
    }
    return options;
  }
}
