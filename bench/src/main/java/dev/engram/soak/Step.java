package dev.engram.soak;

import com.google.errorprone.annotations.Immutable;
import java.io.IOException;
import java.util.random.RandomGenerator;

/** What a soak does, a step at a time. Each leaves the store as the oracle says, or fails. */
enum Step {
  WRITE(WriteSteps::write),
  WRITE_TOGETHER(WriteSteps::together),
  BULK(WriteSteps::bulk),
  DREAM(DreamStep::run),
  FORGET(ForgetStep::run),
  SNAPSHOT(SnapshotSteps::create),
  RESTORE_SNAPSHOT(SnapshotSteps::restore),
  BACKUP(BackupSteps::create),
  BACKUP_CHANGES(BackupSteps::changes),
  RESTORE_BACKUP(BackupSteps::restore),
  ARCHIVE(ArchiveSteps::ship),
  ARCHIVE_BACKGROUND(ArchiveSteps::background),
  RECOVER(ArchiveSteps::recover),
  TRANSFER(TransferStep::run),
  REOPEN(WriteSteps::reopen),
  KILL(KillStep::kill),
  POWER_LOSS(KillStep::cutPower),
  KILL_RESTORE(KillRestoreStep::run),
  KILL_RECOVER(KillRecoverStep::run),
  KILL_FORGET(KillForgetStep::run),
  DISK_FULL(DiskFullStep::run),
  DAMAGE(DamageStep::run);

  /** What it does. */
  @Immutable
  @FunctionalInterface
  interface Act {
    void run(World world, RandomGenerator random) throws IOException;
  }

  private final Act act;

  Step(Act act) {
    this.act = act;
  }

  void run(World world, RandomGenerator random) throws IOException {
    act.run(world, random);
  }
}
