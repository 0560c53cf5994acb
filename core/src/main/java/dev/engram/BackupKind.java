package dev.engram;

/** What a backup holds. */
public enum BackupKind {
  /** The whole store as it was. */
  FULL
}
