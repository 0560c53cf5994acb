package dev.engram;

/** What keeps a store fit. Several are done in the order in which they stand here. */
public enum MaintenanceTask {
  /**
   * Lets go for good what has expired: records whose time has passed, what was forgotten and cannot
   * be brought back any more, history beyond {@link Dynamics#historyTime}, recalls of which nothing
   * can be said any more, old idempotency keys.
   */
  EXPIRE,
  /** Consolidates the spaces whose time has come; see {@link Dynamics#consolidationInterval}. */
  CONSOLIDATE,
  /** Makes a backup; see {@link MaintenancePlan#backUpTo}. */
  BACK_UP,
  /** Deletes the backups that are not kept; see {@link MaintenancePlan#retain}. */
  RETAIN,
  /** As {@link Engram#compact}. */
  COMPACT,
  /** As {@link Engram#check(CheckLevel, Progress)}; see {@link MaintenancePlan#checkLevel}. */
  CHECK
}
