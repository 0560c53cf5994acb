package dev.engram.bench;

import dev.engram.Engram;
import dev.engram.Export;
import dev.engram.Import;
import dev.engram.Progress;
import dev.engram.TransferReport;
import dev.engram.testing.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the system that Engram's persistence is modelled on says of itself, beside Engram: saving
 * 100,000 vectors takes it 5 seconds in JSON, 3 in a binary form, 10 compressed; loading takes 6,
 * and saving what has changed 1. Of fewer vectors its times are taken in proportion.
 */
final class OriginalEstimates {
  private static final int VECTORS = 100_000;

  private final Report report;
  private final Path folder;
  private final int dimension;
  private final int rounds;

  OriginalEstimates(Report report, Path folder, int dimension, int rounds) {
    this.report = report;
    this.folder = folder;
    this.dimension = dimension;
    this.rounds = rounds;
  }

  void run(int count) throws IOException {
    System.err.println("durability: the original system's own estimates");
    Path store = folder.resolve("original");
    DurabilityBench.fill(store, count, dimension);
    double scale = (double) count / VECTORS;
    try (Engram engram = Engram.open(DurabilityBench.existing(store))) {
      Export all = Export.everything();
      compare("save as JSON", 5 * scale, 2, save(engram, all, count));
      Export binary = all.format("msgpack");
      compare("save in a binary form", 3 * scale, 10, save(engram, binary, count));
      Export small = binary.compression("zstd");
      compare("save compressed by zstd", 10 * scale, 10, save(engram, small, count));
      add("load", 6 * scale, load(engram, binary, count));
      incremental(engram, count, scale);
    }
    FileTree.delete(store);
  }

  private double save(Engram engram, Export export, int count) throws IOException {
    String sha256 = DurabilityBench.digest(engram);
    List<Double> seconds = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      Path file = folder.resolve("saved");
      long began = System.nanoTime();
      TransferReport written = engram.transfer().write(export, file, Progress.NONE);
      seconds.add(Measured.seconds(began));
      Measured.require(
          written.records() == count && written.sha256().orElse("").equals(sha256),
          "what was saved is not what there is: " + written);
      Files.delete(file);
    }
    return Measured.median(seconds);
  }

  private double load(Engram engram, Export export, int count) throws IOException {
    Path file = folder.resolve("saved");
    Path other = folder.resolve("loaded");
    TransferReport written = engram.transfer().write(export, file, Progress.NONE);
    List<Double> seconds = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      try (Engram loaded = Engram.open(other)) {
        long began = System.nanoTime();
        TransferReport read = loaded.transfer().read(Import.exact(), file, Progress.NONE);
        seconds.add(Measured.seconds(began));
        Measured.require(
            read.records() == count && read.sha256().equals(written.sha256()), "loading: " + read);
        Measured.require(
            DurabilityBench.digest(loaded).equals(read.sha256().orElse("")), "loaded differs");
      }
      FileTree.delete(other);
    }
    Files.delete(file);
    return Measured.median(seconds);
  }

  private void incremental(Engram engram, int count, double scale) throws IOException {
    String what = "save what has changed";
    Path target = folder.resolve("original-backups");
    Incremental measured = Incremental.measure(engram, target, count, dimension);
    compare(what, scale, 10, measured.seconds());
    FileTree.delete(target);
  }

  private void compare(String what, double estimate, double must, double seconds) {
    add(what, estimate, seconds);
    report.atLeast(name(what), must, 2 * must, estimate / seconds);
  }

  private static String name(String what) {
    return what + ", times as fast as the original's estimate";
  }

  private void add(String what, double estimate, double seconds) {
    report.add("original", what + ", its own estimate", "s", estimate, Map.of());
    report.add("engram", what, "s", seconds, Map.of());
  }
}
