package dev.engram;

/** How much of a store a check looks at. Each level does what the ones before it do. */
public enum CheckLevel {
  /**
   * Sizes, headers and footers of all files, manifests, watermarks against the end of the log,
   * names and counters. Reads a few bytes of each file and the list of collections, whatever the
   * size of the store: well under a second for thousands of files.
   */
  QUICK,
  /**
   * Every byte of every file, snapshots included, against the checksums in it: of the log's data,
   * its write-ahead log and manifest, the text index, vector segments. As quick as the disk.
   */
  FULL,
  /**
   * Every row, what rows say of each other, counters against what they count, and each view against
   * the rows. Commits wait while views are compared.
   */
  DEEP
}
