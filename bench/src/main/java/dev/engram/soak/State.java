package dev.engram.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a part of the store holds: plain sorted maps, no durability, no indexes. What one writer
 * changes is one part, so that of each writer it can be told how far it got. Not thread-safe.
 */
record State(SortedMap<String, Doc> docs, SortedMap<String, Note> notes, SortedSet<Link> links) {
  static State empty() {
    return new State(new TreeMap<>(), new TreeMap<>(), new TreeSet<>());
  }

  State copy() {
    return new State(new TreeMap<>(docs), new TreeMap<>(notes), new TreeSet<>(links));
  }

  /** A copy without the documents that have expired. */
  State livingAt(long millis) {
    State copy = copy();
    copy.docs.values().removeIf(doc -> !doc.livesAt(millis));
    return copy;
  }

  /** A line for each thing that it holds, always in the same order. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    docs.forEach((id, doc) ->
        lines.add(new Op.Put(id, doc.vector(), doc.colour(), doc.expiresAt(), doc.text()).line()));
    notes.forEach((id, note) -> lines.add(new Op.Learn(id, note.lot(), note.text()).line()));
    links.forEach(link -> lines.add(new Op.Join(link.from(), link.to()).line()));
    return lines;
  }

  void apply(Op op) {
    switch (op) {
      case Op.Put o -> docs.put(o.id(), new Doc(o.vector(), o.text(), o.colour(), o.expiresAt()));
      case Op.Drop o -> docs.remove(o.id());
      case Op.Paint o ->
          docs.computeIfPresent(
              o.id(), (_, d) -> new Doc(d.vector(), d.text(), o.colour(), d.expiresAt()));
      case Op.Learn o -> notes.put(o.id(), new Note(o.text(), o.lot()));
      case Op.Reword o -> notes.computeIfPresent(o.id(), (_, n) -> new Note(o.text(), n.lot()));
      case Op.Forget o -> forget(o.id());
      case Op.Join o -> links.add(new Link(o.from(), o.to()));
    }
  }

  void apply(List<Op> transaction) {
    transaction.forEach(this::apply);
  }

  private void forget(String note) {
    notes.remove(note);
    links.removeIf(link -> link.touches(note));
  }

  /** Forgets all of a lot. */
  void forgetLot(long lot) {
    List<String> ids =
        notes.entrySet().stream()
            .filter(each -> each.getValue().lot() == lot)
            .map(Map.Entry::getKey)
            .toList();
    ids.forEach(this::forget);
  }

  /** Says how another one differs. */
  void compare(State found, List<String> differences) {
    compare("document", docs, found.docs, differences);
    compare("memory", notes, found.notes, differences);
    for (Link link : links) {
      if (!found.links.contains(link)) {
        differences.add("missing: " + link);
      }
    }
    for (Link link : found.links) {
      if (!links.contains(link)) {
        differences.add("too many: " + link);
      }
    }
  }

  private static <T> void compare(
      String what, Map<String, T> wanted, Map<String, T> found, List<String> differences) {
    wanted.forEach((id, value) -> {
      if (!Objects.equals(value, found.get(id))) {
        differences.add(what + " " + id + ": wanted=" + value + ", found=" + found.get(id));
      }
    });
    found.forEach((id, value) -> {
      if (!wanted.containsKey(id)) {
        differences.add(what + " " + id + ": wanted=nothing, found=" + value);
      }
    });
  }
}
