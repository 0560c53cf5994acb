package dev.engram.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PowerLossShimTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final String OLD = "o".repeat(1000);
  private static final String NEW = "n".repeat(1500);

  /** Writes the new file aside, syncs it, renames it over the old one and syncs the directory. */
  private static final List<String> PUBLISH =
      List.of("append fresh 1500 n", "sync fresh", "rename fresh a", "syncdir .");

  private static final List<String> PUBLISH_WITHOUT_SYNC =
      List.of("append fresh 1500 n", "rename fresh a", "syncdir .");

  @TempDir Path temp;

  private final PowerLossShim shim = OrSkip.powerLoss();
  private Path directory = Path.of("");

  @BeforeEach
  void emptyDirectory() throws IOException {
    directory = Files.createTempDirectory(temp, "disk");
  }

  @Test
  void syncedDataSurvives() throws IOException {
    cutAfter("append a 1000 o", "sync a", "syncdir .");
    assertEquals(Map.of("a", OLD), content());
  }

  @Test
  void unsyncedDataIsLost() throws IOException {
    cutAfter("append a 1000 o", "sync a", "syncdir .", "append a 500 n");
    assertEquals(Map.of("a", OLD), content());
  }

  @Test
  void unsyncedDataSurvivesWithoutPowerLoss() throws IOException {
    assertEquals(0, run(PowerLossShim.NEVER, List.of("append a 1000 o")));
    assertEquals(Map.of("a", OLD), content());
    assertEquals(2, shim.operations(directory));
  }

  @Test
  void fileWithoutDurableNameIsDropped() throws IOException {
    cutAfter("append a 1000 o", "sync a");
    assertEquals(Map.of(), content());
  }

  @Test
  void unsyncedRenameIsRolledBack() throws IOException {
    put("a", OLD);
    put("fresh", NEW);
    cutAfter("rename fresh a");
    assertEquals(Map.of("a", OLD, "fresh", NEW), content());
  }

  @Test
  void syncedRenameStays() throws IOException {
    put("a", OLD);
    put("fresh", NEW);
    cutAfter("rename fresh a", "syncdir .");
    assertEquals(Map.of("a", NEW), content());
  }

  @Test
  void unsyncedRemovalIsRolledBack() throws IOException {
    put("a", OLD);
    cutAfter("append a 5 n", "remove a");
    assertEquals(Map.of("a", OLD), content());
  }

  @Test
  void syncedRemovalStays() throws IOException {
    put("a", OLD);
    cutAfter("remove a", "syncdir .");
    assertEquals(Map.of(), content());
  }

  @Test
  void linkLastsFromTheSyncOfItsDirectory() throws IOException {
    put("a", OLD);
    cutAfter("link a b", "syncdir .", "link a c");
    assertEquals(Map.of("a", OLD, "b", OLD), content());
  }

  @Test
  void newDirectoryLastsFromTheSyncOfItsParent() throws IOException {
    cutAfter(
        "mkdir kept",
        "syncdir .",
        "mkdir lost",
        "append lost/a 5 n",
        "sync lost/a",
        "syncdir lost",
        "append kept/a 1000 o",
        "sync kept/a",
        "syncdir kept");
    assertEquals(Map.of("kept/a", OLD), content());
  }

  @Test
  void renamedDirectoryComesBackWhole() throws IOException {
    Files.createDirectory(directory.resolve("old"));
    put("old/a", OLD);
    cutAfter("rename old new", "append new/a 1500 n", "append new/b 5 n", "sync new/b");
    assertEquals(Map.of("old/a", OLD), content());
  }

  @Test
  void overwrittenBytesComeBack() throws IOException {
    put("a", OLD);
    cutAfter("overwrite a 100 50 x", "overwrite a 90 950 y");
    assertEquals(Map.of("a", OLD), content());
  }

  @Test
  void truncatedBytesComeBack() throws IOException {
    put("a", OLD);
    put("b", OLD);
    cutAfter("truncate a 10", "append a 300 x", "clear b");
    assertEquals(Map.of("a", OLD, "b", OLD), content());
  }

  @Test
  void seedChoosesHowMuchOfAnUnsyncedTailSurvives() throws IOException {
    List<Integer> lengths = new ArrayList<>();
    for (long seed = 1; seed <= 6; seed++) {
      emptyDirectory();
      put("a", OLD);
      cut(3, seed, List.of("append a 500 n", "mkdir end", "mkdir never"));
      String kept = content().get("a");
      assertTrue((OLD + "n".repeat(500)).startsWith(kept), "seed=" + seed);
      assertTrue(kept.length() >= OLD.length(), "seed=" + seed);
      lengths.add(kept.length());
    }
    assertTrue(lengths.stream().distinct().count() > 2, lengths.toString());
  }

  @Test
  void sameSeedGivesTheSameDisk() throws IOException {
    Map<String, String> first = Map.of();
    for (int i = 0; i < 2; i++) {
      emptyDirectory();
      put("a", OLD);
      cut(5, 77, List.of("append a 500 n", "overwrite a 0 900 x", "rename a b", "append c 9 n"));
      if (i == 0) {
        first = content();
      }
    }
    assertEquals(first, content());
    assertNotEquals(Map.of("a", OLD), first);
  }

  @Test
  void carefulPublishingIsAtomicAtEveryOperation() throws IOException {
    assertEquals(List.of(), damageOf(PUBLISH));
  }

  /** The negative control: the shim must find the error that it is there for. */
  @Test
  void publishingWithoutSyncIsFoundOut() throws IOException {
    assertNotEquals(List.of(), damageOf(PUBLISH_WITHOUT_SYNC));
  }

  /** Cuts the power at every operation in turn; returns what was neither the old nor the new. */
  private List<String> damageOf(List<String> operations) throws IOException {
    List<String> script = new ArrayList<>(operations);
    script.add("mkdir end");
    List<String> damaged = new ArrayList<>();
    boolean ended = false;
    for (long at = 1; !ended; at++) {
      for (long seed : new long[] {PowerLossShim.LOSE_ALL, 1, 2}) {
        emptyDirectory();
        put("a", OLD);
        ended = run(at, seed, script) == 0;
        String found = content().getOrDefault("a", "");
        if (!found.equals(OLD) && !found.equals(NEW)) {
          damaged.add("at=" + at + ", seed=" + seed + ", length=" + found.length());
        }
      }
    }
    return damaged;
  }

  /** Runs the operations and cuts the power after the last one, with the loss of all unsynced. */
  private void cutAfter(String... operations) throws IOException {
    List<String> script = new ArrayList<>(List.of(operations));
    script.add("mkdir end");
    Path real = directory;
    directory = Files.createTempDirectory(temp, "count");
    copy(real, directory);
    assertEquals(0, run(PowerLossShim.NEVER, script));
    long last = shim.operations(directory);
    directory = real;
    cut(last, PowerLossShim.LOSE_ALL, script);
  }

  private void cut(long at, long seed, List<String> operations) throws IOException {
    assertEquals(PowerLossShim.EXIT_CODE, run(at, seed, operations));
    assertEquals(at - 1, shim.operations(directory));
  }

  private int run(long at, List<String> operations) {
    return run(at, PowerLossShim.LOSE_ALL, operations);
  }

  private int run(long at, long seed, List<String> operations) {
    List<String> arguments = new ArrayList<>(List.of(directory.toString()));
    arguments.addAll(operations);
    Map<String, String> environment = shim.environment(directory, at, seed);
    try (ChildJvm child = ChildJvm.start(FileScript.class, arguments, environment)) {
      int code = child.waitFor(TIMEOUT);
      assertTrue(code == 0 || code == PowerLossShim.EXIT_CODE, child::errors);
      return code;
    }
  }

  private void put(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }

  private Map<String, String> content() throws IOException {
    Map<String, String> content = new TreeMap<>();
    for (Path file : files(directory)) {
      content.put(directory.relativize(file).toString(), Files.readString(file));
    }
    return content;
  }

  private static void copy(Path from, Path to) throws IOException {
    for (Path file : files(from)) {
      Path target = to.resolve(from.relativize(file).toString());
      Files.createDirectories(target.getParent());
      Files.copy(file, target);
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }
}
