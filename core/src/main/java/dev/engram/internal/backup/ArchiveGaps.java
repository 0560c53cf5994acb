package dev.engram.internal.backup;

import dev.engram.internal.backup.ArchiveFiles.Link;
import dev.engram.internal.backup.ArchiveFiles.Reach;
import dev.engram.internal.backup.RecoveryPlan.Step;
import dev.engram.internal.format.ManifestLayout.Manifest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Commits that an archive lacks. Static functions only. */
final class ArchiveGaps {
  private ArchiveGaps() {}

  /**
   * How many of the commits up to an LSN are not archived, but for those that a backup holds.
   *
   * @param backups in the target; asked for where something is missing
   */
  static long lost(Reach reach, long upTo, Supplier<List<Manifest>> backups) {
    List<Step> steps = RecoveryPlan.steps(reach.files(), reach.links());
    if (missing(steps, 0, upTo) == 0) {
      return 0;
    }
    long backedUp =
        backups.get().stream()
            .mapToLong(each -> RecoveryPlan.counting(each, reach.links()))
            .max()
            .orElse(0);
    return missing(steps, backedUp, upTo);
  }

  private static long missing(List<Step> steps, long after, long upTo) {
    long reached = after;
    long missing = 0;
    for (Step step : steps) {
      if (step.upTo() > reached) {
        missing += Math.max(0, step.file().first() - 1 - reached);
        reached = step.upTo();
      }
    }
    return missing + Math.max(0, upTo - reached);
  }

  /** Of each timeline, whether commits before its first ones lead there, or a backup. */
  static List<String> unreachable(
      ArchiveFiles archive, List<ArchivedFile> files, List<Manifest> backups) {
    List<String> findings = new ArrayList<>();
    ArchivedFile before = null;
    for (ArchivedFile file : files) {
      boolean begins =
          before == null || !ArchiveFiles.isOf(file, before.store(), before.timeline());
      if (begins && file.first() > 1 && !isReached(file, archive, files, backups)) {
        findings.add(
            "neither commits nor a backup lead there: begins with="
                + file.name()
                + "; make a full backup into the target");
      }
      before = file;
    }
    return findings;
  }

  private static boolean isReached(
      ArchivedFile file, ArchiveFiles archive, List<ArchivedFile> files, List<Manifest> backups) {
    List<Link> links = archive.history(files, file.store(), file.timeline(), null);
    long wanted = file.first() - 1;
    return backups.stream().anyMatch(each -> RecoveryPlan.counting(each, links) >= wanted)
        || RecoveryPlan.steps(files, links.subList(1, links.size())).stream()
            .anyMatch(step -> step.upTo() >= wanted);
  }
}
