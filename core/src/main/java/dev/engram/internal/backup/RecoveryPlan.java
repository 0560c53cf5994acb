package dev.engram.internal.backup;

import dev.engram.InvalidInputException;
import dev.engram.NotFoundException;
import dev.engram.RecoveryPoint;
import dev.engram.internal.backup.ArchiveFiles.Link;
import dev.engram.internal.format.IdentityLayout.Origin;
import dev.engram.internal.format.ManifestLayout.Manifest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Of what a store is recovered.
 *
 * @param store that is recovered
 * @param timeline on which it is
 * @param base the backup to begin with; null to begin with nothing
 * @param steps commit files that are applied to it, in order, each up to an LSN
 * @param instant no later commit is applied; empty where all are
 * @param end the newest LSN that is there
 */
public record RecoveryPlan(
    UUID store,
    long timeline,
    @Nullable Manifest base,
    List<Step> steps,
    Optional<Instant> instant,
    long end) {

  /** A file, of which the commits up to an LSN count. */
  public record Step(ArchivedFile file, long upTo) {}

  /** The last LSN that is in it. */
  public long last() {
    if (!steps.isEmpty()) {
      return steps.getLast().upTo();
    }
    return base == null ? 0 : base.commit().lsn();
  }

  /** Whether no commit is known that would come after its last one. */
  public boolean complete() {
    return instant.isEmpty() || last() == end;
  }

  /** Where a point is: a commit of a store. */
  private record Place(UUID store, long timeline, long lsn) {}

  /**
   * Finds the ways to a point: each begins with another backup, the newest first, and the last one
   * with nothing.
   *
   * @param origin of the timeline of the point; null to look it up
   * @return at least one
   * @throws NotFoundException where there is none
   */
  public static List<RecoveryPlan> find(
      ArchiveFiles archive, List<Manifest> backups, RecoveryPoint point, @Nullable Origin origin) {
    Ways ways = ways(archive, backups, point, origin);
    List<RecoveryPlan> found =
        ways.all.stream()
            .filter(plan -> point.instant().isPresent() || plan.last() == ways.wanted)
            .toList();
    if (ways.wanted == 0 || found.isEmpty()) {
      throw missing(ways.all.getFirst().last(), ways.wanted, ways.end);
    }
    return found;
  }

  /**
   * Finds the ways to the newest commit that any of them leads to, though there are newer ones.
   *
   * @param origin of the timeline of the point; null to look it up
   * @throws NotFoundException where there is none
   */
  public static List<RecoveryPlan> farthest(
      ArchiveFiles archive, List<Manifest> backups, RecoveryPoint point, @Nullable Origin origin) {
    Ways ways = ways(archive, backups, point, origin);
    long last = ways.all.stream().mapToLong(RecoveryPlan::last).max().orElse(0);
    if (last == 0) {
      throw missing(0, ways.wanted, ways.end);
    }
    return ways.all.stream().filter(plan -> plan.last() == last).toList();
  }

  /**
   * The ways that begin with any backup, as far as they go.
   *
   * @param wanted the LSN to which they were to lead
   * @param end the newest one that is there
   */
  private record Ways(List<RecoveryPlan> all, long wanted, long end) {}

  private static Ways ways(
      ArchiveFiles archive, List<Manifest> backups, RecoveryPoint point, @Nullable Origin origin) {
    List<ArchivedFile> files = archive.list();
    Place goal = place(archive, files, backups, point);
    List<Link> links = archive.history(files, goal.store, goal.timeline, origin);
    List<Step> known = steps(files, links);
    long end =
        Math.max(
            known.stream().mapToLong(Step::upTo).max().orElse(0),
            backups.stream().mapToLong(each -> counting(each, links)).max().orElse(0));
    long wanted = point.instant().isPresent() || goal.lsn == 0 ? end : goal.lsn;
    long latest = point.instant().map(Instant::toEpochMilli).orElse(Long.MAX_VALUE);
    List<@Nullable Manifest> bases = new ArrayList<>();
    backups.stream()
        .filter(each -> each.createdAt() <= latest)
        .filter(each -> counting(each, links) > 0 && each.commit().lsn() <= wanted)
        .sorted(Comparator.comparingLong((Manifest each) -> each.commit().lsn()).reversed())
        .forEach(bases::add);
    bases.add(null);
    List<RecoveryPlan> all =
        bases.stream()
            .map(base ->
                new RecoveryPlan(
                    goal.store,
                    goal.timeline,
                    base,
                    way(known, base == null ? 0 : base.commit().lsn(), wanted),
                    point.instant(),
                    end))
            .toList();
    return new Ways(all, wanted, end);
  }

  /** Commits that would be needed are not there. */
  public static NotFoundException missing(long last, long wanted, long end) {
    return new NotFoundException(
        "commits that would be needed are not there: found up to="
            + last
            + ", wanted="
            + wanted
            + ", newest="
            + end
            + "; list what is archived, and recover to what can be reached");
  }

  /** The LSN of a backup, where it is in a history; else 0. */
  static long counting(Manifest backup, List<Link> links) {
    long lsn = backup.commit().lsn();
    for (Link link : links) {
      if (link.store().equals(backup.storeId())
          && link.timeline() == backup.commit().timeline()
          && lsn <= link.upTo()) {
        return lsn;
      }
    }
    return 0;
  }

  /** What counts of the files that are in a history. */
  static List<Step> steps(List<ArchivedFile> files, List<Link> links) {
    List<Step> steps = new ArrayList<>();
    for (ArchivedFile file : files) {
      for (Link link : links) {
        if (ArchiveFiles.isOf(file, link.store(), link.timeline()) && file.first() <= link.upTo()) {
          steps.add(new Step(file, Math.min(file.last(), link.upTo())));
        }
      }
    }
    steps.sort(Comparator.comparingLong(step -> step.file().first()));
    return steps;
  }

  /** As few of the steps as lead from a commit to another one, as far as they do. */
  static List<Step> way(List<Step> known, long after, long wanted) {
    List<Step> way = new ArrayList<>();
    long reached = after;
    Step best = null;
    int next = 0;
    while (reached < wanted) {
      for (; next < known.size() && known.get(next).file().first() <= reached + 1; next++) {
        Step step = known.get(next);
        best = best == null || step.upTo() > best.upTo() ? step : best;
      }
      if (best == null || best.upTo() <= reached) {
        return way;
      }
      way.add(new Step(best.file(), Math.min(best.upTo(), wanted)));
      reached = best.upTo();
    }
    return way;
  }

  private static Place place(
      ArchiveFiles archive, List<ArchivedFile> files, List<Manifest> backups, RecoveryPoint point) {
    if (point.name().isPresent()) {
      return named(archive, backups, point);
    }
    UUID store = point.storeId().orElseGet(() -> onlyStore(files, backups));
    long newest =
        Math.max(
            files.stream()
                .filter(file -> file.store().equals(store))
                .mapToLong(ArchivedFile::timeline)
                .max()
                .orElse(0),
            backups.stream()
                .filter(each -> each.storeId().equals(store))
                .mapToLong(each -> each.commit().timeline())
                .max()
                .orElse(0));
    return new Place(store, point.timeline().orElse(newest), point.lsn().orElse(0));
  }

  private static Place named(ArchiveFiles archive, List<Manifest> backups, RecoveryPoint point) {
    String name = point.name().orElseThrow();
    for (Manifest each : backups) {
      if (each.name().equals(name)) {
        return new Place(each.storeId(), each.commit().timeline(), each.commit().lsn());
      }
    }
    return archive.points().stream()
        .filter(each -> each.name().equals(name))
        .map(each ->
            new Place(
                UUID.fromString(each.storeId()), each.commit().timeline(), each.commit().lsn()))
        .filter(each -> point.storeId().map(each.store::equals).orElse(true))
        .filter(each -> point.timeline().isEmpty() || point.timeline().getAsLong() == each.timeline)
        .findFirst()
        .orElseThrow(() ->
            new NotFoundException(
                "there is no such point: name=" + name + "; list those that are there"));
  }

  private static UUID onlyStore(List<ArchivedFile> files, List<Manifest> backups) {
    TreeSet<UUID> stores = new TreeSet<>();
    files.forEach(file -> stores.add(file.store()));
    backups.forEach(each -> stores.add(each.storeId()));
    if (stores.isEmpty()) {
      throw new NotFoundException("there is neither an archive nor a backup in the target");
    }
    if (stores.size() > 1) {
      throw new InvalidInputException(
          "the target has several stores: stores=" + stores + "; say which one");
    }
    return stores.first();
  }
}
