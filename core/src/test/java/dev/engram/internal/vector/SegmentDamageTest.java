package dev.engram.internal.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One damaged byte in any file of an index. {@code engram.damages} places are tried, and {@code
 * engram.seed} chooses them.
 */
class SegmentDamageTest {
  private static final long SEED = Long.getLong("engram.seed", System.nanoTime());
  private static final int DAMAGES = Integer.getInteger("engram.damages", 200);
  private static final Logger LOG = Logger.getLogger(SegmentDirectory.class.getName());

  @TempDir Path folder;
  private final Random random = new Random(SEED);
  private final StoredIndex vectors = new StoredIndex(9_700, SEED, 20);

  @BeforeEach
  void begin() {
    LOG.setLevel(Level.OFF);
  }

  @AfterEach
  void end() {
    LOG.setLevel(null);
  }

  @Test
  void findsOneDamagedByteAnywhereAndStartsAnew() throws IOException {
    Map<String, byte[]> files = written();
    Map<String, List<String>> kinds =
        files.keySet().stream()
            .collect(Collectors.groupingBy(name -> name.replaceAll("\\W.*", "")));
    assertEquals("[book, manifest, origin, segment]", new TreeSet<>(kinds.keySet()).toString());
    Folders folders = new Folders(folder);
    for (int i = 0; i < DAMAGES; i++) {
      List<String> kind = List.copyOf(kinds.values()).get(i % kinds.size());
      judge(folders, files, kind.get(random.nextInt(kind.size())), i < kinds.size());
    }
  }

  /** An index in whose directory there is a file of every kind. */
  private Map<String, byte[]> written() throws IOException {
    Path directory = Files.createDirectory(folder.resolve("index"));
    PartitionedVectorIndex index = vectors.open(directory, UnforcedDisk.DISK);
    vectors.fill(index);
    index.stop();
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(directory)) {
      for (Path file : all.toList()) {
        files.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return files;
  }

  private void judge(Folders folders, Map<String, byte[]> files, String name, boolean completely)
      throws IOException {
    Path damaged = folders.make(files);
    byte[] bytes = files.get(name).clone();
    int at = random.nextInt(bytes.length);
    bytes[at] ^= (byte) (1 + random.nextInt(255));
    Files.delete(damaged.resolve(name));
    Files.write(damaged.resolve(name), bytes);
    String what = "file=" + name + ", at=" + at + ", byte=" + bytes[at] + ", seed=" + SEED;
    PartitionedVectorIndex index = vectors.open(damaged, UnforcedDisk.DISK);
    assertEquals(0, index.size(), what);
    try (Stream<Path> left = Files.list(damaged)) {
      assertTrue(left.findAny().isEmpty(), what);
    }
    // An empty index on an empty directory: of each kind once is enough.
    if (completely) {
      vectors.judgeCompleted(damaged, index, what);
    }
  }
}
