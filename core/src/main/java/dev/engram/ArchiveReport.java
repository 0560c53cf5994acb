package dev.engram;

/**
 * What was archived.
 *
 * @param last the last commit that is in the archive
 * @param commits how many were sent
 * @param files in so many files
 * @param bytes of these
 */
public record ArchiveReport(CommitId last, long commits, int files, long bytes) {}
