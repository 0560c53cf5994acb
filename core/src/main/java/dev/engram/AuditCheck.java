package dev.engram;

import java.util.List;

/**
 * What verifying an audit log has found.
 *
 * @param entries how many there are
 * @param head the end of the log
 * @param findings what was removed, changed or put in another order; empty where nothing was
 */
public record AuditCheck(long entries, AuditHead head, List<String> findings) {
  public AuditCheck {
    findings = List.copyOf(findings);
  }

  /** Whether the chain is whole. */
  public boolean ok() {
    return findings.isEmpty();
  }
}
