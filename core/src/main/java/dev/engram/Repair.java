package dev.engram;

import dev.engram.internal.backup.DirectoryObjectStore;
import dev.engram.spi.ObjectStore;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a damaged store is repaired. Immutable. */
public final class Repair {
  private static final Repair LOSSLESS = new Repair(false, null);

  private final boolean acceptsLoss;
  private final @Nullable ObjectStore backups;

  private Repair(boolean acceptsLoss, @Nullable ObjectStore backups) {
    this.acceptsLoss = acceptsLoss;
    this.backups = backups;
  }

  /** Loses nothing, or stops and says what would be lost. */
  public static Repair lossless() {
    return LOSSLESS;
  }

  /** Gives up what cannot be kept. */
  public Repair acceptingLoss() {
    return new Repair(true, backups);
  }

  /** Takes what is damaged from the backups, and the archive, in a directory. */
  public Repair from(Path target) {
    return from(new DirectoryObjectStore(target));
  }

  /**
   * Takes what is damaged from the backups, and the archive, in an object store; the caller closes
   * it.
   */
  public Repair from(ObjectStore target) {
    return new Repair(acceptsLoss, target);
  }

  public boolean acceptsLoss() {
    return acceptsLoss;
  }

  public Optional<ObjectStore> backups() {
    return Optional.ofNullable(backups);
  }
}
