package dev.engram.internal.text;

import dev.engram.CorruptStoreException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.NRTCachingDirectory;
import org.apache.lucene.store.NativeFSLockFactory;

/**
 * The directory of a text index: where its files live, how they are written, whether they are
 * whole. Static functions only.
 *
 * <p>The lock is an operating system lock, released with its process, so the {@code write.lock}
 * that a dead process leaves behind does not matter. The lock of the store already keeps other
 * processes out; this one only stops a second open in the same process.
 */
final class IndexFiles {
  /** Changes in memory before they become a segment; half a store's heap must stay free. */
  private static final double BUFFER_MB = 48;

  /** Segments up to this size that no commit holds yet stay in memory. */
  private static final double CACHED_SEGMENT_MB = 4;

  private static final double CACHE_MB = 16;

  /** Small segments merge away early, so that many refreshes leave few segments. */
  private static final double FLOOR_SEGMENT_MB = 0.5;

  private static final String COMMIT_PREFIX = "segments_";

  private IndexFiles() {}

  static Directory open(Path path) throws IOException {
    if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      FileAttribute<?> owner =
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
      Files.createDirectories(path, owner);
    } else {
      Files.createDirectories(path);
    }
    Directory files = FSDirectory.open(path, NativeFSLockFactory.INSTANCE);
    return new NRTCachingDirectory(files, CACHED_SEGMENT_MB, CACHE_MB);
  }

  static IndexWriterConfig writing() {
    TieredMergePolicy merging = new TieredMergePolicy();
    merging.setFloorSegmentMB(FLOOR_SEGMENT_MB);
    IndexWriterConfig config = new IndexWriterConfig();
    config.setSimilarity(ShareSimilarity.forWriting());
    config.setRAMBufferSizeMB(BUFFER_MB);
    config.setMergePolicy(merging);
    config.setMergeScheduler(new QuietMerges());
    config.setMaxFullFlushMergeWaitMillis(0);
    config.setCommitOnClose(false);
    return config;
  }

  /** True when there is no index yet; segments without a commit are damage, not a new index. */
  static boolean isNew(Directory directory) throws IOException {
    boolean segments = false;
    for (String file : directory.listAll()) {
      if (file.startsWith(COMMIT_PREFIX)) {
        return false;
      }
      segments |= file.startsWith("_");
    }
    if (segments) {
      throw new CorruptStoreException(
          "open text index: its commit file is missing; drop it and rebuild it");
    }
    return true;
  }

  static long bytes(Directory directory) throws IOException {
    long bytes = 0;
    for (String file : directory.listAll()) {
      bytes += bytes(directory, file);
    }
    return bytes;
  }

  private static long bytes(Directory directory, String file) throws IOException {
    try {
      return directory.fileLength(file);
    } catch (NoSuchFileException | FileNotFoundException e) {
      return 0; // merged away since the listing
    }
  }

  /** Reads every byte of the segments of a reader and compares the checksums. */
  static void check(DirectoryReader reader, Set<String> checked) throws IOException {
    for (LeafReaderContext context : reader.leaves()) {
      LeafReader leaf = context.reader();
      String name = leaf instanceof SegmentReader segment ? segment.getSegmentName() : "";
      if (name.isEmpty() || checked.add(name)) {
        leaf.checkIntegrity();
      }
    }
  }

  /** Reads every byte of the last commit, from the files, and compares the checksums. */
  static Set<String> checkCommit(Directory directory) throws IOException {
    Set<String> checked = new HashSet<>();
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      check(reader, checked);
    }
    return checked;
  }

  /** The files of the last commit, the one that names the others first; none without a commit. */
  static List<String> committed(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of();
    }
    try (Directory directory = FSDirectory.open(path)) {
      SegmentInfos commit = SegmentInfos.readLatestCommit(directory);
      List<String> files = new ArrayList<>(List.of(commit.getSegmentsFileName()));
      files.addAll(commit.files(false));
      return files;
    } catch (IndexNotFoundException e) {
      return List.of();
    }
  }

  /** Reads the footer of a file, or all of its bytes, and compares the checksum. */
  static void check(Path file, boolean whole) throws IOException {
    String name = file.getFileName().toString();
    try (Directory directory = FSDirectory.open(Objects.requireNonNull(file.getParent()));
        IndexInput in = directory.openInput(name, IOContext.READONCE)) {
      if (whole) {
        long _ = CodecUtil.checksumEntireFile(in);
      } else {
        long _ = CodecUtil.retrieveChecksum(in);
      }
    }
  }

  static void destroy(Path path) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
      for (Path file : files) {
        Files.delete(file);
      }
    } catch (NoSuchFileException e) {
      return;
    }
    Files.delete(path);
  }
}
