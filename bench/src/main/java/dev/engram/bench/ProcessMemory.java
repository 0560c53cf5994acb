package dev.engram.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What of this process is in memory, as Linux counts it.
 *
 * @param anonymousBytes beside mapped files: heap, native memory, stacks
 * @param fileBytes pages of mapped files
 */
record ProcessMemory(long residentBytes, long anonymousBytes, long fileBytes) {
  private static final Path STATUS = Path.of("/proc/self/status");

  /** Empty where the system does not tell. */
  static Optional<ProcessMemory> now() throws IOException {
    return Files.isReadable(STATUS)
        ? Optional.of(parse(Files.readString(STATUS)))
        : Optional.empty();
  }

  static ProcessMemory parse(String status) {
    return new ProcessMemory(
        bytes(status, "VmRSS:"), bytes(status, "RssAnon:"), bytes(status, "RssFile:"));
  }

  private static long bytes(String status, String field) {
    return status
        .lines()
        .filter(line -> line.startsWith(field))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
        .findFirst()
        .orElse(0);
  }
}
