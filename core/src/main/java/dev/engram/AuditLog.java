package dev.engram;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Who did what to a store: an entry for each commit and each administrative act, written in the
 * same commit. Each entry holds the hash of the one before, so that removing, changing or
 * reordering entries shows; and the store holds the hash of the last one, so that cutting off the
 * end does. Who can write the store's files can make a whole new chain: keep {@link #head}
 * elsewhere against that. It is off until it is switched on, and then on for this and every later
 * opening. Thread-safe.
 */
public interface AuditLog {
  /** Whether what happens is entered. */
  boolean isOn();

  /** Switches it on or off, which is entered too. */
  void on(boolean wanted);

  /** The end of the log. */
  AuditHead head();

  /**
   * Entries in order.
   *
   * @param after the sequence number behind which they begin
   * @param limit how many at most, from 1 to {@link Limits#MAX_AUDIT_PAGE}
   */
  List<AuditEntry> entries(long after, int limit);

  /**
   * Enters something that the application does, and that is no commit of this store.
   *
   * @param action what; at most {@link Limits#MAX_NAME_BYTES}
   * @param details of what; as long at most
   * @throws UnsupportedFeatureException while the log is off
   */
  void note(String action, String details);

  /**
   * Goes through the whole chain.
   *
   * @param known what {@link #head} said once
   */
  AuditCheck verify(Optional<AuditHead> known);

  /**
   * Removes the entries that are older; what is left can still be verified, since the hash of the
   * last one that went is kept, and entered.
   *
   * @return how many
   */
  long trim(Instant before);
}
