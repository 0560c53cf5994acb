package dev.engram.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.engram.BackupInfo;
import dev.engram.Backups;
import dev.engram.CollectionConfig;
import dev.engram.CommitId;
import dev.engram.Engram;
import dev.engram.Export;
import dev.engram.Import;
import dev.engram.Progress;
import dev.engram.RecordId;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import dev.engram.testing.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that is larger than the heap of the process that copies it. */
class BoundedHeapTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(5);
  private static final int COUNT = 200_000;
  private static final int DIMENSION = 128;

  /** A hundred million bytes of vectors are in the store. */
  private static final String HEAP = "-Xmx80m";

  /** The best one: with the quick one of a child, what is copied of vectors takes far longer. */
  private static final String COMPILER = "-XX:TieredStopAtLevel=4";

  @TempDir Path directory;

  /**
   * The number is that of the twenty tests; a million are copied by the benchmark of durability.
   */
  @Test
  void test8ExportAndBackupTakeABoundedHeap() {
    fill(directory.resolve("store"));
    List<String> arguments = List.of(directory.toString());
    try (ChildJvm child =
        ChildJvm.start(Copier.class, arguments, Map.of(), List.of(HEAP, COMPILER))) {
      assertEquals(0, child.waitFor(TIMEOUT), child::errors);
    }
    for (String copy : List.of("imported", "restored")) {
      try (Engram engram = Engram.open(directory.resolve(copy))) {
        VectorCollection docs = engram.collection("d");
        assertEquals(COUNT, docs.count(), copy);
        VectorRecord last = docs.get(RecordId.of(COUNT - 1)).orElseThrow();
        assertEquals(COUNT - 1, last.vector().orElseThrow()[1], copy);
      }
    }
  }

  private static void fill(Path store) {
    try (Engram engram = Engram.open(store)) {
      VectorCollection docs = engram.collection("d", CollectionConfig.ofDimension(DIMENSION));
      long written =
          docs.upsertAll(
              IntStream.range(0, COUNT).mapToObj(BoundedHeapTest::record).iterator(),
              Progress.NONE);
      assertEquals(COUNT, written);
    }
  }

  private static VectorRecord record(int i) {
    float[] vector = new float[DIMENSION];
    vector[0] = 1;
    vector[1] = i;
    vector[2 + i % (DIMENSION - 2)] = 1;
    return VectorRecord.of(RecordId.of(i), vector);
  }

  /** Exports, imports, backs up and restores. */
  static final class Copier {
    private Copier() {}

    public static void main(String[] arguments) {
      Path directory = Path.of(arguments[0]);
      Path file = directory.resolve("export");
      Path backups = directory.resolve("backups");
      try (Engram engram = Engram.open(directory.resolve("store"))) {
        Export all = Export.everything();
        require(engram.transfer().write(all, file, Progress.NONE).records() == COUNT);
        BackupInfo made = engram.backups().to(backups).create();
        require(engram.backups().to(backups).verify(made.id(), Progress.NONE).ok());
      }
      try (Engram other = Engram.open(directory.resolve("imported"))) {
        require(other.transfer().read(Import.exact(), file, Progress.NONE).records() == COUNT);
      }
      CommitId _ = Engram.restore(backups, Backups.LATEST, directory.resolve("restored"));
    }

    private static void require(boolean condition) {
      if (!condition) {
        throw new IllegalStateException("not everything was copied");
      }
    }
  }
}
