package dev.engram.internal.engine;

import dev.engram.Filter;
import dev.engram.Metadata;
import dev.engram.Scope;
import dev.engram.internal.engine.LikeSearch.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Which memories belong to whom another belongs to. Stateless. */
final class SameScope {
  private static final List<String> ALL =
      List.of(Scope.USER, Scope.AGENT, Scope.SESSION, Scope.SPEAKER);
  private static final List<String> USER = List.of(Scope.USER);

  private SameScope() {}

  /** Of the same user, agent, session and speaker. */
  static Wanted whole(Metadata metadata) {
    return by(ALL, metadata);
  }

  /** Of the same user. */
  static Wanted user(Metadata metadata) {
    return by(USER, metadata);
  }

  private static Wanted by(List<String> keys, Metadata metadata) {
    List<Filter> known = new ArrayList<>();
    List<Filter> all = new ArrayList<>();
    for (String key : keys) {
      Object value = metadata.asMap().get(key);
      if (value instanceof String name) {
        known.add(Filter.eq(key, name));
      } else if (value == null) {
        all.add(Filter.missing(key));
      }
    }
    all.addAll(known);
    return new Wanted(
        known.isEmpty() ? Optional.empty() : Optional.of(Filter.and(known)),
        Filter.and(all),
        stored -> same(keys, metadata, stored.row().metadata()));
  }

  private static boolean same(List<String> keys, Metadata one, Metadata other) {
    return keys.stream()
        .allMatch(key -> Objects.equals(one.asMap().get(key), other.asMap().get(key)));
  }
}
