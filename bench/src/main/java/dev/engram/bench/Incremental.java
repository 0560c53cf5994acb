package dev.engram.bench;

import dev.engram.BackupInfo;
import dev.engram.BackupKind;
import dev.engram.Backups;
import dev.engram.Engram;
import dev.engram.Metadata;
import dev.engram.Progress;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A backup of what has changed since another one.
 *
 * @param seconds that it took
 * @param share of the bytes of the full one that the target grew by
 */
record Incremental(double seconds, double share) {
  /** Makes a full backup, changes one record in a hundred, and makes one of the changes. */
  static Incremental measure(Engram engram, Path target, int count, int dimension)
      throws IOException {
    Backups backups = engram.backups().to(target);
    BackupInfo _ = backups.create();
    long full = DiskFiles.below(target).bytes();
    DurabilityBench.change(engram.collection(DurabilityBench.COLLECTION), count, dimension);
    long began = System.nanoTime();
    BackupInfo made = backups.create(BackupKind.INCREMENTAL, Metadata.empty(), Progress.NONE);
    double seconds = Measured.seconds(began);
    Measured.require(backups.verify(made.id(), Progress.NONE).ok(), "the backup is not whole");
    return new Incremental(seconds, (double) (DiskFiles.below(target).bytes() - full) / full);
  }
}
