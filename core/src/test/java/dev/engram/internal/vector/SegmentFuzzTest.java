package dev.engram.internal.vector;

import dev.engram.CorruptStoreException;
import dev.engram.testing.Fuzzing;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Manifests, and headers of segments and codebooks, that nobody wrote; their checksums fit. */
class SegmentFuzzTest {
  private static final Logger LOG = Logger.getLogger(SegmentDirectory.class.getName());

  /** A header, and some of what it says where it is. */
  private static final int HEAD_BYTES = 96;

  @TempDir Path folder;
  private final StoredIndex vectors = new StoredIndex(9_700, 1, 20);
  private Map<String, byte[]> files = Map.of();

  @BeforeEach
  void begin() throws IOException {
    LOG.setLevel(Level.OFF);
    Path directory = Files.createDirectory(folder.resolve("index"));
    PartitionedVectorIndex index = vectors.open(directory, UnforcedDisk.DISK);
    vectors.fill(index);
    index.stop();
    files = new TreeMap<>();
    try (Stream<Path> all = Files.list(directory)) {
      for (Path file : all.toList()) {
        files.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
  }

  @AfterEach
  void end() {
    LOG.setLevel(null);
  }

  @Test
  void areRefusedOrRead() {
    manifests();
    headersOfSegmentsAndCodebooks();
  }

  private void manifests() {
    Fuzzing.of("manifest of vectors", CorruptStoreException.class, List.of(bytes("manifest")))
        .inputs(50)
        .allowing(64 << 20)
        .ending(SegmentFuzzTest::summed)
        .run(bytes -> open("manifest", bytes));
  }

  /** The same, with the checksum of the lines before in its last one. */
  private static byte[] summed(byte[] manifest) {
    String text = new String(manifest, StandardCharsets.UTF_8);
    int end = text.lastIndexOf("crc32c ");
    if (end < 0) {
      return manifest;
    }
    String lines = text.substring(0, end);
    CRC32C crc = new CRC32C();
    crc.update(lines.getBytes(StandardCharsets.UTF_8));
    String sum = Long.toHexString(crc.getValue());
    return (lines + "crc32c " + sum + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private void headersOfSegmentsAndCodebooks() {
    for (String kind : List.of("segment", "book", "origin")) {
      String name = files.keySet().stream().filter(n -> n.startsWith(kind)).findFirst().orElse("");
      byte[] whole = bytes(name);
      int head = Math.min(whole.length, HEAD_BYTES);
      byte[] rest = Arrays.copyOfRange(whole, head, whole.length);
      Fuzzing.of(kind + " of vectors", CorruptStoreException.class, List.of(begin(whole, head)))
          .inputs(20)
          .allowing(64 << 20)
          .run(bytes -> open(name, checked(joined(bytes, rest))));
    }
  }

  private static byte[] begin(byte[] whole, int length) {
    return Arrays.copyOf(whole, length);
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  /** The same, with the checksum of all else where it belongs. */
  private static byte[] checked(byte[] file) {
    if (file.length >= Segment.HEADER_BYTES) {
      MemorySegment memory = MemorySegment.ofArray(file);
      memory.set(CodeLayout.INT, Segment.CHECKSUM_AT, Segment.checksum(memory));
    }
    return file;
  }

  private byte[] bytes(String name) {
    return files.get(name).clone();
  }

  /** Opens an index of which one file is another, and looks for vectors. */
  private void open(String name, byte[] bytes) throws IOException {
    Path directory = Files.createTempDirectory(folder, "changed");
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      boolean same = !file.getKey().equals(name);
      Files.write(directory.resolve(file.getKey()), same ? file.getValue() : bytes);
    }
    PartitionedVectorIndex index = vectors.open(directory, UnforcedDisk.DISK);
    try {
      if (index.size() == 0) {
        throw new CorruptStoreException("it is made anew");
      }
      int[] _ = index.search(new float[8], 5, Selection.ALL, .9).ordinals();
    } finally {
      index.stop();
      try (Stream<Path> left = Files.list(directory)) {
        for (Path file : left.toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
