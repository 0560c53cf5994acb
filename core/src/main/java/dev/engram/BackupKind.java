package dev.engram;

/** What a backup holds. */
public enum BackupKind {
  /** The whole store as it was. */
  FULL,
  /** The commits since the newest backup of the store in the target, which it continues. */
  INCREMENTAL,
  /** The commits since the newest full backup: restoring it needs those two alone. */
  DIFFERENTIAL
}
