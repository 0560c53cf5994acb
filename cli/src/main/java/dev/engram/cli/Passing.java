package dev.engram.cli;

import dev.engram.Learning;
import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.Page;
import dev.engram.Provenance;
import dev.engram.RecordId;
import dev.engram.Scan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Passes on the passages of files and remembers which each file has, so that those it no longer has
 * can be forgotten. Not thread-safe.
 */
final class Passing implements Iterator<Learning> {
  private static final int PAGE = 500;

  private final Iterator<Learning> all;
  private final Map<String, Set<RecordId>> idsBySource = new HashMap<>();

  Passing(Iterator<Learning> all) {
    this.all = all;
  }

  @Override
  public boolean hasNext() {
    return all.hasNext();
  }

  @Override
  public Learning next() {
    Learning passage = all.next();
    String source = passage.provenance().map(Provenance::source).orElse("");
    idsBySource.computeIfAbsent(source, s -> new HashSet<>()).add(passage.id().orElseThrow());
    return passage;
  }

  /** Forgets the passages that an earlier import made of the same files; returns how many. */
  long forgetOthers(MemorySpace space) {
    List<RecordId> others = new ArrayList<>();
    Scan scan = Scan.first().limit(PAGE);
    Optional<String> cursor = Optional.empty();
    do {
      Page<Memory> page = space.scan(cursor.map(scan::after).orElse(scan));
      page.items().stream().filter(this::wasDropped).map(Memory::id).forEach(others::add);
      cursor = page.next();
    } while (cursor.isPresent());
    return others.stream().filter(space::forget).count();
  }

  /** Only what an import made, whose ids begin with the file. */
  private boolean wasDropped(Memory memory) {
    String source = memory.provenance().map(Provenance::source).orElse("");
    Set<RecordId> kept = idsBySource.get(source);
    return kept != null
        && memory.id().toString().startsWith(source + "#")
        && !kept.contains(memory.id());
  }
}
