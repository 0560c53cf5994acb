package dev.engram.internal.backup;

import dev.engram.DivergedException;
import dev.engram.NotFoundException;
import dev.engram.internal.backup.ArchiveFiles.Link;
import dev.engram.internal.backup.RecoveryPlan.Step;
import dev.engram.internal.format.IdentityLayout.Identity;
import dev.engram.internal.format.ManifestLayout.Manifest;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What leads a follower on, as far as it is archived.
 *
 * @param steps commit files that are applied, in order, each up to an LSN
 * @param links the timelines of the history that is followed
 * @param after the last LSN that the follower has
 * @param known the newest LSN that is there
 */
public record FollowPlan(List<Step> steps, List<Link> links, long after, long known) {

  /**
   * Looks what is there.
   *
   * @param store that is followed, on its newest timeline
   * @param own who the follower's log is now: that store, or one before it in its history
   * @param last LSN that the follower has
   * @param backups in the target; asked for where no commit is there
   * @throws DivergedException where the history left the follower's before its last commit
   * @throws NotFoundException where nothing of the store is there
   */
  public static FollowPlan find(
      ArchiveFiles archive, UUID store, Identity own, long last, Supplier<List<Manifest>> backups) {
    List<ArchivedFile> files = archive.list();
    boolean archived = files.stream().anyMatch(file -> file.store().equals(store));
    if (!archived && !own.storeId().equals(store)) {
      throw new NotFoundException(
          "the archive has nothing of the store that is to be followed: store=" + store);
    }
    List<Link> links = links(archive, files, store, own);
    Link mine = of(links, own);
    if (mine == null) {
      archive.requireReadable(files, links.getLast());
      throw diverged(own, last, links.getFirst(), "its history does not lead there");
    }
    if (last > mine.upTo()) {
      throw diverged(own, last, links.getFirst(), "it went on from lsn=" + mine.upTo());
    }
    List<Step> steps = RecoveryPlan.steps(files, links);
    long end = steps.stream().mapToLong(Step::upTo).max().orElse(0);
    if (steps.isEmpty()) {
      end = newest(backups.get(), links, store);
    }
    return new FollowPlan(RecoveryPlan.way(steps, last, end), links, last, Math.max(last, end));
  }

  /** While the timeline is the same, nobody need be asked where it began. */
  private static List<Link> links(
      ArchiveFiles archive, List<ArchivedFile> files, UUID store, Identity own) {
    boolean same = own.storeId().equals(store);
    long newest =
        files.stream()
            .filter(file -> file.store().equals(store))
            .mapToLong(ArchivedFile::timeline)
            .max()
            .orElse(0);
    return same && newest <= own.timeline()
        ? List.of(new Link(store, own.timeline(), Long.MAX_VALUE))
        : archive.history(files, store, newest, null);
  }

  private static @Nullable Link of(List<Link> links, Identity own) {
    return links.stream()
        .filter(link -> link.store().equals(own.storeId()) && link.timeline() == own.timeline())
        .findFirst()
        .orElse(null);
  }

  private static long newest(List<Manifest> backups, List<Link> links, UUID store) {
    return backups.stream()
        .mapToLong(each -> RecoveryPlan.counting(each, links))
        .filter(lsn -> lsn > 0)
        .max()
        .orElseThrow(() ->
            new NotFoundException(
                "the target has nothing of the store that is followed: store="
                    + store
                    + "; check the target, and that the store is archived there"));
  }

  private static DivergedException diverged(Identity own, long last, Link followed, String why) {
    return new DivergedException(
        "the follower has diverged: store="
            + own.storeId()
            + ", timeline="
            + own.timeline()
            + ", lsn="
            + last
            + ", followed store="
            + followed.store()
            + ", timeline="
            + followed.timeline()
            + ", why="
            + why
            + "; nothing was changed, follow anew in another directory");
  }

  /** The last LSN that the history shares with a log whose timeline is in it. */
  public long branch(Identity own) {
    Link mine = of(links, own);
    return mine == null ? 0 : mine.upTo();
  }

  /** Bytes of the files that are applied. */
  public long bytes() {
    return steps.stream().mapToLong(step -> step.file().bytes()).sum();
  }

  /**
   * Fails where what is there does not follow what was applied.
   *
   * @throws NotFoundException where commits in between are missing
   */
  public void requireWhole() {
    long reached = steps.isEmpty() ? after : steps.getLast().upTo();
    if (reached < known) {
      throw new NotFoundException(
          "commits that come next are not in the archive: last="
              + reached
              + ", known="
              + known
              + "; what is missing may still come, else follow anew in another directory");
    }
  }
}
