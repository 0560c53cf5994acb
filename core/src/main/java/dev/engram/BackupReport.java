package dev.engram;

import java.util.List;

/**
 * What reading a backup back has found.
 *
 * @param backup what was read
 * @param findings what is missing or altered; empty where it can be restored
 */
public record BackupReport(BackupInfo backup, List<String> findings) {
  public BackupReport {
    findings = List.copyOf(findings);
  }

  /** Whether every byte is as it was written. */
  public boolean ok() {
    return findings.isEmpty();
  }
}
