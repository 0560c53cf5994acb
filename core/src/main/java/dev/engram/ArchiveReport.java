package dev.engram;

/**
 * What was archived.
 *
 * @param last the last commit that is in the archive
 * @param commits how many were sent
 * @param files in so many files
 * @param bytes of these
 * @param lost how many commits before them are neither in the archive nor in the log any more, nor
 *     in a backup in the target: over these no recovery leads, until a full backup is made there
 */
public record ArchiveReport(CommitId last, long commits, int files, long bytes, long lost) {}
