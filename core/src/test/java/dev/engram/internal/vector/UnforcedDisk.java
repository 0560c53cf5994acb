package dev.engram.internal.vector;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** The disk, but nobody waits for the device: what no power loss follows. */
enum UnforcedDisk implements Disk {
  DISK;

  @Override
  public FileChannel create(Path file) throws IOException {
    return Real.DISK.create(file);
  }

  @Override
  public void force(Path file, MemorySegment mapped) {}

  @Override
  public void force(Path file, FileChannel channel) {}

  @Override
  public void rename(Path from, Path to) throws IOException {
    Real.DISK.rename(from, to);
  }

  @Override
  public void delete(Path file) throws IOException {
    Real.DISK.delete(file);
  }

  @Override
  public void sync(Path directory) {}
}
