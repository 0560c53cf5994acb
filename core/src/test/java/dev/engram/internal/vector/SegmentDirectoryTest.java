package dev.engram.internal.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.Metric;
import dev.engram.Quantization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.NonReadableChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found in a directory that was left at any point of writing. */
class SegmentDirectoryTest {
  private static final long SEED = Long.getLong("engram.seed", System.nanoTime());
  private static final int DIMENSION = 16;
  private static final int COUNT = 24_000;

  @TempDir Path directory;
  private final float[][] rows = new float[COUNT][];
  private final List<Left> left = new ArrayList<>();

  /** A copy of the directory, made at some point, and how many vectors there were. */
  private record Left(String point, Path copy, int count) {}

  @Test
  void whatIsLeftAtAnyPointIsOpenedAndCompleted() throws IOException {
    Path index = Files.createDirectory(directory.resolve("index"));
    fill(index);
    Map<String, Integer> checked = new TreeMap<>();
    for (Left each : left) {
      check(each);
      checked.merge(each.point, 1, Integer::sum);
    }
    assertEquals(5, checked.size(), () -> checked + ", seed=" + SEED);
  }

  @Test
  void leavesNoFilesOfWhatCouldNotBePublished() throws IOException {
    FullDisk disk = new FullDisk();
    PartitionedVectorIndex index =
        new PartitionedVectorIndex(
            DIMENSION,
            Metric.EUCLIDEAN,
            () -> Quantization.BITS_8,
            new SegmentDirectory(directory, new Words(), false, disk),
            this::originals,
            1,
            8_192);
    Random random = new Random(5);
    for (int i = 0; i < COUNT; i++) {
      rows[i] = new float[DIMENSION];
      for (int j = 0; j < DIMENSION; j++) {
        rows[i][j] = (float) random.nextGaussian();
      }
      index.put(i, rows[i]);
      disk.full = i < 20_000;
      disk.maps = i % 2_000 != 0;
      if (index.isFull() && i % 200 == 0) {
        disk.attempt(() -> index.flush(false));
        disk.attempt(() -> index.improve(false));
      }
    }
    index.flush(true);
    index.improve(true);
    List<String> named =
        Files.readAllLines(directory.resolve("manifest")).stream()
            .filter(line -> line.startsWith("book ") || line.startsWith("segment "))
            .map(line -> line.substring(line.indexOf(' ') + 1))
            .toList();
    try (Stream<Path> files = Files.list(directory)) {
      List<String> others =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> !named.contains(name) && !name.equals("manifest"))
              .toList();
      assertEquals(List.of(), others);
    }
  }

  /** Whose vectors these are does not matter. */
  private static final class Words implements SegmentDirectory.Owner {
    @Override
    public String seal() {
      return "words";
    }

    @Override
    public boolean accepts(String words) {
      return true;
    }
  }

  /** Has no room for names, or maps nothing, at times. */
  private static final class FullDisk implements Disk {
    private boolean full;
    private boolean maps = true;

    void attempt(Runnable work) {
      try {
        work.run();
      } catch (UncheckedIOException | NonReadableChannelException e) {
        assertTrue(full || !maps, e::toString);
      }
    }

    @Override
    public FileChannel create(Path file) throws IOException {
      FileChannel created = UnforcedDisk.DISK.create(file);
      if (maps || !file.getFileName().toString().startsWith("segment")) {
        return created;
      }
      created.close();
      return FileChannel.open(file, StandardOpenOption.WRITE);
    }

    @Override
    public void force(Path file, MemorySegment mapped) {}

    @Override
    public void force(Path file, FileChannel channel) {}

    @Override
    public void delete(Path file) throws IOException {
      UnforcedDisk.DISK.delete(file);
    }

    @Override
    public void sync(Path synced) {}

    @Override
    public void rename(Path from, Path to) throws IOException {
      if (full) {
        throw new IOException("no space");
      }
      UnforcedDisk.DISK.rename(from, to);
    }
  }

  /** Sorted by cluster, so that partitions are split as well. */
  private void fill(Path index) {
    Random random = new Random(SEED);
    for (int i = 0; i < COUNT; i++) {
      rows[i] = new float[DIMENSION];
      for (int j = 0; j < DIMENSION; j++) {
        rows[i][j] = (float) random.nextGaussian() + (i / 1_500 == j ? 9 : 0);
      }
    }
    int[] count = {0};
    PartitionedVectorIndex filled = open(index, point -> copy(index, point, count[0]));
    for (int i = 0; i < COUNT; i++) {
      filled.put(i, rows[i]);
      count[0] = i + 1;
      if (filled.isFull()) {
        filled.flush(false);
        filled.improve(false);
      }
    }
    filled.flush(true);
    filled.improve(true);
  }

  private void copy(Path index, String point, int count) {
    try (Stream<Path> files = Files.list(index)) {
      Path copy = Files.createDirectory(directory.resolve("copy" + left.size()));
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
      left.add(new Left(point, copy, count));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void check(Left each) throws IOException {
    String what = each + ", seed=" + SEED;
    PartitionedVectorIndex opened = open(each.copy, point -> {});
    BitSet coded = opened.coded();
    for (int i = 0; i < each.count; i++) {
      if (!coded.get(i)) {
        opened.put(i, rows[i]);
      }
    }
    assertEquals(each.count, opened.size(), what);
    for (int i = 0; i < each.count; i += 977) {
      assertEquals(i, opened.search(rows[i], 1, Selection.ALL, .95).ordinals()[0], what);
      assertTrue(opened.holds(i, rows[i]), what);
    }
    try (Stream<Path> files = Files.list(each.copy)) {
      List<String> names = files.map(file -> file.getFileName().toString()).toList();
      String manifest =
          names.contains("manifest") ? Files.readString(each.copy.resolve("manifest")) : "";
      assertTrue(
          names.stream().allMatch(name -> name.equals("manifest") || manifest.contains(name)),
          () -> "what no manifest names stays: " + names + ", " + what);
    }
  }

  private PartitionedVectorIndex open(Path index, java.util.function.Consumer<String> steps) {
    SegmentDirectory store =
        new SegmentDirectory(
            index,
            new SegmentDirectory.Owner() {
              @Override
              public String seal() {
                return "log";
              }

              @Override
              public boolean accepts(String words) {
                return words.equals("log");
              }

              @Override
              public void reached(String point) {
                steps.accept(point);
              }
            },
            false);
    return new PartitionedVectorIndex(
        DIMENSION, Metric.EUCLIDEAN, () -> Quantization.BITS_8, store, this::originals, 1, 8_192);
  }

  private List<float @Nullable []> originals(int[] ordinals) {
    List<float @Nullable []> found = new ArrayList<>();
    for (int ordinal : ordinals) {
      found.add(rows[ordinal]);
    }
    return found;
  }
}
