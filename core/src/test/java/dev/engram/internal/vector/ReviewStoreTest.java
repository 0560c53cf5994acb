package dev.engram.internal.vector;

import dev.engram.Metric;
import dev.engram.Quantization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReviewStoreTest {
  @TempDir Path directory;

  static final class Owner implements SegmentDirectory.Owner {
    @Override
    public String seal() {
      return "a";
    }

    @Override
    public boolean accepts(String words) {
      return words.equals("a");
    }
  }

  /** Real, but fails at will. */
  static final class Failing implements Disk {
    boolean failRename;
    boolean failMap;

    @Override
    public FileChannel create(Path file) throws IOException {
      FileChannel channel = Disk.Real.DISK.create(file);
      if (failMap && file.getFileName().toString().startsWith("segment")) {
        channel.close();
        return FileChannel.open(file, StandardOpenOption.WRITE); // cannot be mapped to read
      }
      return channel;
    }

    @Override
    public void force(Path file, MemorySegment mapped) {
      Disk.Real.DISK.force(file, mapped);
    }

    @Override
    public void force(Path file, FileChannel channel) throws IOException {
      Disk.Real.DISK.force(file, channel);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
      if (failRename) {
        throw new IOException("no space");
      }
      Disk.Real.DISK.rename(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
      Disk.Real.DISK.delete(file);
    }

    @Override
    public void sync(Path dir) throws IOException {
      Disk.Real.DISK.sync(dir);
    }
  }

  private String list() throws IOException {
    StringBuilder out = new StringBuilder();
    try (Stream<Path> files = Files.list(directory)) {
      files.sorted().forEach(f -> out.append(f.getFileName()).append(' '));
    }
    return out.toString();
  }

  private float[][] rows(int n, int d) {
    Random r = new Random(3);
    float[][] rows = new float[n][];
    for (int i = 0; i < n; i++) rows[i] = ReviewRecallTest.gauss(d, r, 1);
    return rows;
  }

  @Test
  void publishFailsOnce() throws IOException {
    float[][] rows = rows(40_000, 8);
    Failing disk = new Failing();
    PartitionedVectorIndex index =
        new PartitionedVectorIndex(8, Metric.EUCLIDEAN, () -> Quantization.BITS_8,
            new SegmentDirectory(directory, new Owner(), false, disk),
            new ReviewRecallTest.Given(rows), 1, 8192);
    disk.failRename = true; // a disk that is full for a while: the small files fail, or their fsync
    for (int i = 0; i < rows.length; i++) {
      index.put(i, rows[i]);
      if (i == 30_000) disk.failRename = false;
      if (index.isFull()) {
        for (Runnable job : new Runnable[] {() -> index.flush(false), () -> index.improve(false)}) {
          try {
            job.run();
          } catch (UncheckedIOException e) {
            System.out.println("REVIEW publish failed: " + e);
          }
        }
      }
    }
    index.flush(true);
    for (int i = 0; i < 5; i++) index.improve(true);
    System.out.println("REVIEW files: " + list());
    System.out.println("REVIEW manifest: " + Files.readString(directory.resolve("manifest")).lines().filter(l -> !l.startsWith("probing")).toList());
  }

  @Test
  void mapFails() throws IOException {
    float[][] rows = rows(9_000, 8);
    Failing disk = new Failing();
    PartitionedVectorIndex index =
        new PartitionedVectorIndex(8, Metric.EUCLIDEAN, () -> Quantization.BITS_8,
            new SegmentDirectory(directory, new Owner(), false, disk),
            new ReviewRecallTest.Given(rows), 1, 8192);
    for (int i = 0; i < rows.length; i++) index.put(i, rows[i]);
    disk.failMap = true;
    for (int i = 0; i < 50; i++) {
      try {
        index.flush(false);
      } catch (RuntimeException e) {
        // tried again
      }
    }
    disk.failMap = false;
    index.flush(true);
    index.improve(true);
    System.out.println("REVIEW files after 50 failed maps: " + list().split(" ").length + " " + list());
  }

  private static long deletedMaps(Path dir) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.filter(l -> l.contains(dir.getFileName().toString()) && l.contains("deleted")).count();
    }
  }

  @Test
  void pinned() throws Exception {
    float[][] rows = rows(40_000, 8);
    for (boolean search : new boolean[] {false, true}) {
      Path dir = Files.createDirectories(directory.resolve("s" + search));
      PartitionedVectorIndex index =
          new PartitionedVectorIndex(8, Metric.EUCLIDEAN, () -> Quantization.BITS_8,
              new SegmentDirectory(dir, new Owner(), false),
              new ReviewRecallTest.Given(rows), 1, 8192);
      for (int i = 0; i < rows.length; i++) {
        index.put(i, rows[i]);
        if (index.isFull()) index.flush(false);
      }
      index.flush(true);
      if (search) index.search(rows[1], 10, Selection.ALL, .95);
      for (int i = 0; i < 5; i++) index.improve(true);
      for (int i = 0; i < 10; i++) {
        System.gc();
        Thread.sleep(100);
      }
      System.out.println("REVIEW pinned: searched=" + search + " deleted mappings=" + deletedMaps(dir) + " files=" + Files.list(dir).count());
      index.search(rows[1], 10, Selection.ALL, .95);
      for (int i = 0; i < 10; i++) {
        System.gc();
        Thread.sleep(100);
      }
      System.out.println("REVIEW pinned: after another search deleted mappings=" + deletedMaps(dir));
      java.lang.ref.Reference.reachabilityFence(index);
    }
  }
}
