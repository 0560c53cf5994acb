package dev.engram.internal.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Power loss before every operation on the files of an index: what may be left is opened, and must
 * be what was published before or after, or nothing where nothing was. Of each moment {@code
 * engram.powerStates} are opened; {@code engram.seed} chooses which, and what of a file is torn.
 */
class SegmentPowerLossTest {
  private static final long SEED = Long.getLong("engram.seed", System.nanoTime());
  private static final int STATES = Integer.getInteger("engram.powerStates", 4);

  /** Of so many directories one is completed and searched. */
  private static final int SEARCHED = 40;

  private static final Logger LOG = Logger.getLogger(SegmentDirectory.class.getName());

  @TempDir Path folder;
  private final Random random = new Random(SEED);
  private final Map<String, BitSet> opened = new HashMap<>();
  private Folders folders = new Folders(Path.of(""));
  private Path directory = Path.of("");
  private int rebuilt;

  @BeforeEach
  void begin() throws IOException {
    folders = new Folders(folder);
    directory = Files.createDirectory(folder.resolve("index"));
    LOG.setLevel(Level.OFF);
  }

  @AfterEach
  void end() {
    LOG.setLevel(null);
  }

  @Test
  void opensWhatWasPublishedBeforeOrAfterWhereverThePowerFails() throws IOException {
    StoredIndex vectors = new StoredIndex(14_000, SEED, 20);
    PowerLossDisk disk = new PowerLossDisk(directory);
    vectors.fill(vectors.open(directory, disk));
    judge(vectors, disk.moments());
    assertEquals(0, rebuilt, "seed=" + SEED);
    System.out.println("power losses=" + opened.size() + ", seed=" + SEED);
  }

  @Test
  void opensWhatWasPublishedAlsoWhereAKillComesBeforeThePowerLoss() throws IOException {
    StoredIndex vectors = new StoredIndex(9_700, SEED, 20);
    PowerLossDisk disk = new PowerLossDisk(directory);
    for (int kill = 0; kill < 3; kill++) {
      disk.killAfter(1 + random.nextInt(10));
      assertThrows(PowerLossDisk.Killed.class, () -> vectors.fill(vectors.open(directory, disk)));
      disk.revive();
    }
    vectors.fill(vectors.open(directory, disk));
    judge(vectors, disk.moments());
    assertEquals(0, rebuilt, "seed=" + SEED);
  }

  /** The next process deletes the old files: not before the new ones are there for certain. */
  @Test
  void keepsWhatAKilledProcessHadJustPublished() throws IOException {
    StoredIndex vectors = new StoredIndex(9_700, SEED, 20);
    PowerLossDisk whole = new PowerLossDisk(Files.createDirectory(folder.resolve("whole")));
    vectors.fill(vectors.open(folder.resolve("whole"), whole));
    List<Integer> kills = whenOldFilesWereToGo(whole.moments());
    Collections.shuffle(kills, random);
    PowerLossDisk disk = new PowerLossDisk(directory);
    disk.killAfter(kills.getFirst() - 1);
    assertThrows(PowerLossDisk.Killed.class, () -> vectors.fill(vectors.open(directory, disk)));
    disk.revive();
    List<PowerLossDisk.Moment> _ = disk.moments();
    vectors.judgeCoded(vectors.open(directory, disk), "seed=" + SEED);
    judge(vectors, disk.moments());
    assertEquals(0, rebuilt, "seed=" + SEED);
  }

  /** When a manifest had its name, but not for certain, and files of the one before were left. */
  private static List<Integer> whenOldFilesWereToGo(List<PowerLossDisk.Moment> moments) {
    List<Integer> found = new ArrayList<>();
    for (int i = 1; i < moments.size() - 1; i++) {
      if (moments.get(i - 1).before().equals("rename manifest")
          && moments.get(i + 1).before().startsWith("delete")) {
        found.add(moments.get(i).number());
      }
    }
    return found;
  }

  @Test
  void neverMixesWhatWasDamagedWithWhatReplacesIt() throws IOException {
    write(new StoredIndex(StoredIndex.TAIL, SEED, 20));
    Path segment = directory.resolve("segment-0.vec");
    byte[] bytes = Files.readAllBytes(segment);
    bytes[random.nextInt(bytes.length)] ^= 1;
    Files.write(segment, bytes);
    StoredIndex others = new StoredIndex(StoredIndex.TAIL, SEED + 1, 60);
    PowerLossDisk disk = new PowerLossDisk(directory);
    disk.killAfter(1 + random.nextInt(6));
    assertThrows(PowerLossDisk.Killed.class, () -> others.fill(others.open(directory, disk)));
    disk.revive();
    others.fill(others.open(directory, disk));
    judge(others, disk.moments());
  }

  @Test
  void forgetsForGoodWhatTheLogHasLost() throws IOException {
    write(new StoredIndex(StoredIndex.TAIL, SEED, 20));
    StoredIndex others = new StoredIndex(StoredIndex.TAIL, SEED + 1, 60);
    others.accept(false);
    PowerLossDisk disk = new PowerLossDisk(directory);
    disk.killAfter(1 + random.nextInt(4));
    assertThrows(PowerLossDisk.Killed.class, () -> others.open(directory, disk));
    disk.revive();
    PartitionedVectorIndex index = others.open(directory, disk);
    judge(others, disk.moments());
    // The log has come as far again, with other vectors.
    others.accept(true);
    opened.clear();
    others.fill(index);
    judge(others, disk.moments());
  }

  /** What is not forced is lost indeed, or the tests above would prove nothing. */
  @Test
  void findsOutThatADiskForcesNothing() throws IOException {
    StoredIndex vectors = new StoredIndex(StoredIndex.TAIL, SEED, 20);
    PowerLossDisk disk = new PowerLossDisk(directory);
    disk.lie();
    vectors.fill(vectors.open(directory, disk));
    judge(vectors, disk.moments());
    assertTrue(rebuilt > 0, "nothing was lost, seed=" + SEED);
  }

  private void write(StoredIndex vectors) {
    PartitionedVectorIndex index = vectors.open(directory, UnforcedDisk.DISK);
    vectors.put(index, 0, StoredIndex.TAIL);
    index.flush(false);
    index.stop();
  }

  private void judge(StoredIndex vectors, List<PowerLossDisk.Moment> moments) throws IOException {
    for (PowerLossDisk.Moment moment : moments) {
      judge(vectors, moment);
    }
  }

  /** Opens what a moment may leave. */
  private void judge(StoredIndex vectors, PowerLossDisk.Moment moment) throws IOException {
    List<BitSet> expected = new ArrayList<>();
    for (Map<String, byte[]> files : moment.published()) {
      expected.add(coded(vectors, files, "published before " + moment.before()));
    }
    for (Map<String, byte[]> files : left(moment)) {
      String what = what(moment, files);
      BitSet coded = coded(vectors, files, what);
      assertTrue(expected.contains(coded), () -> "coded=" + coded.cardinality() + ", " + what);
    }
  }

  private static String what(PowerLossDisk.Moment moment, Map<String, byte[]> files) {
    return moment.number()
        + ": "
        + moment.before()
        + ", left="
        + Folders.key(files)
        + ", seed="
        + SEED;
  }

  /** What may be left: as little as can be, all names without what is in them, and others. */
  private List<Map<String, byte[]>> left(PowerLossDisk.Moment moment) {
    List<Map<String, byte[]>> all = new ArrayList<>();
    for (Map<String, PowerLossDisk.Content> way : moment.ways()) {
      for (Loss loss : Loss.values()) {
        all.add(left(way, loss));
      }
    }
    Collections.swap(all, 1, Loss.values().length);
    Collections.shuffle(all.subList(2, all.size()), random);
    return all.subList(0, Math.min(STATES, all.size()));
  }

  private Map<String, byte[]> left(Map<String, PowerLossDisk.Content> way, Loss loss) {
    Map<String, byte[]> files = new TreeMap<>();
    way.forEach((name, content) ->
        files.put(
            name,
            content.certain()
                ? content.forced()
                : loss.left(content.forced(), content.written(), random)));
    return files;
  }

  /** What is found in a directory of these files; it is looked at only once. */
  private BitSet coded(StoredIndex vectors, Map<String, byte[]> files, String what)
      throws IOException {
    String key = Folders.key(files);
    BitSet known = opened.get(key);
    if (known == null) {
      Path made = folders.make(files);
      PartitionedVectorIndex index = vectors.open(made, UnforcedDisk.DISK);
      vectors.judgeCoded(index, what);
      known = index.coded();
      rebuilt += known.isEmpty() && files.containsKey("manifest") ? 1 : 0;
      opened.put(key, known);
      if (opened.size() % SEARCHED == 0) {
        vectors.judgeCompleted(made, index, what);
      }
      delete(made);
    }
    return known;
  }

  private static void delete(Path made) throws IOException {
    try (Stream<Path> files = Files.list(made)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(made);
  }
}
