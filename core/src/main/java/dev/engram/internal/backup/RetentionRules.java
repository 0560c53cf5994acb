package dev.engram.internal.backup;

import dev.engram.Retention;
import dev.engram.internal.format.ManifestLayout.Manifest;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Which backups a policy keeps. Static functions only. */
public final class RetentionRules {
  private RetentionRules() {}

  /**
   * Those that are not kept, newest first. A backup that a kept one continues is kept as well.
   *
   * @param all newest first
   */
  public static List<Manifest> dispensable(List<Manifest> all, Retention policy, Instant now) {
    Set<String> kept = new HashSet<>();
    Map<UUID, List<Manifest>> byStore =
        all.stream()
            .collect(
                Collectors.groupingBy(Manifest::storeId, LinkedHashMap::new, Collectors.toList()));
    byStore.values().forEach(each -> keep(each, policy, now, kept));
    Map<String, String> parents =
        all.stream().collect(Collectors.toMap(Manifest::name, Manifest::parent));
    for (String id : List.copyOf(kept)) {
      String parent = parents.getOrDefault(id, "");
      while (!parent.isEmpty() && kept.add(parent)) {
        parent = parents.getOrDefault(parent, "");
      }
    }
    return all.stream().filter(each -> !kept.contains(each.name())).toList();
  }

  private static void keep(
      List<Manifest> newestFirst, Retention policy, Instant now, Set<String> kept) {
    newestFirst.stream().limit(policy.last()).forEach(each -> kept.add(each.name()));
    long oldest = now.minus(policy.within()).toEpochMilli();
    if (!policy.within().isZero()) {
      newestFirst.stream()
          .filter(each -> each.createdAt() >= oldest)
          .forEach(each -> kept.add(each.name()));
    }
    keepNewestOfEach(newestFirst, policy.daily(), day -> day, kept);
    keepNewestOfEach(newestFirst, policy.weekly(), RetentionRules::week, kept);
    keepNewestOfEach(newestFirst, policy.monthly(), YearMonth::from, kept);
  }

  private static void keepNewestOfEach(
      List<Manifest> newestFirst,
      int periods,
      Function<LocalDate, Object> period,
      Set<String> kept) {
    Set<Object> seen = new HashSet<>();
    for (Manifest each : newestFirst) {
      Instant made = Instant.ofEpochMilli(each.createdAt());
      Object of = period.apply(made.atOffset(ZoneOffset.UTC).toLocalDate());
      if (seen.size() < periods && seen.add(of)) {
        kept.add(each.name());
      }
    }
  }

  private static Object week(LocalDate day) {
    return List.of(day.get(IsoFields.WEEK_BASED_YEAR), day.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
  }
}
