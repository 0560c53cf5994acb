package dev.engram.golden;

import dev.engram.AuditEntry;
import dev.engram.CollectionInfo;
import dev.engram.Engram;
import dev.engram.Forgetting;
import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.MemoryVersion;
import dev.engram.Metadata;
import dev.engram.Scan;
import dev.engram.SnapshotInfo;
import dev.engram.Synapse;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import dev.engram.WorkingMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a store says, a line each: what was stored, and nothing that another version of the code may
 * find otherwise, such as scores. Not thread-safe.
 */
final class StoreDump {
  private static final Scan ALL = Scan.first().limit(10_000);

  private final List<String> lines = new ArrayList<>();

  private StoreDump() {}

  static List<String> of(Engram engram) {
    StoreDump dump = new StoreDump();
    for (CollectionInfo each : engram.catalog().list()) {
      dump.line("collection", each.name(), each.kind(), each.config().metric());
    }
    dump.space(engram.space(GoldenStore.SPACE));
    dump.docs(engram.collection(GoldenStore.DOCS));
    for (SnapshotInfo each : engram.snapshots().list()) {
      dump.line("snapshot", each.name(), text(each.metadata()), each.createdAt(), each.commit());
    }
    for (AuditEntry each : engram.auditLog().entries(0, 1_000)) {
      dump.line("audit", each.text().replace("\n", "/"));
    }
    dump.line("last", engram.lastCommit());
    return List.copyOf(dump.lines);
  }

  private void line(Object... parts) {
    lines.add(String.join(" | ", Arrays.stream(parts).map(String::valueOf).toList()));
  }

  private static String text(Metadata metadata) {
    return new TreeMap<>(metadata.asMap()).toString();
  }

  private static String text(Optional<?> value) {
    return value.map(String::valueOf).orElse("-");
  }

  private static String text(double number) {
    return String.format(Locale.ROOT, "%.6f", number);
  }

  private void space(MemorySpace space) {
    List<Memory> memories =
        space.scan(ALL).items().stream()
            .sorted(Comparator.comparing(memory -> memory.id().toString()))
            .toList();
    memories.forEach(this::memory);
    for (Memory memory : memories) {
      space.neighbours(memory.id()).stream()
          .filter(each -> each.from().equals(memory.id()))
          .sorted(Comparator.comparing(each -> each.relation() + each.to()))
          .forEach(this::synapse);
      space.history(memory.id()).forEach(this::version);
    }
    for (WorkingMemory each : space.workingMemory()) {
      line("working", each.id(), each.accesses());
    }
    for (Forgetting each : space.forgettings()) {
      line("forgetting", each.at(), each.state(), each.memories(), each.shortTerm());
    }
    line("pending", space.pending());
  }

  private void memory(Memory memory) {
    line("memory", memory.id(), memory.text(), text(memory.metadata()));
    line("  from", text(memory.provenance()), memory.createdAt(), memory.updatedAt());
    line("  times", text(memory.expiresAt()), text(memory.occurredAt()));
    line("  valid", text(memory.validFrom()), text(memory.validUntil()));
    line("  used", memory.accessCount(), memory.lastAccessed());
    line("  kept", text(memory.importance()), memory.pinned());
  }

  private void synapse(Synapse synapse) {
    line("synapse", synapse.from(), synapse.relation(), synapse.to(), synapse.tier());
    line("  weight", text(synapse.weight()), synapse.activations(), synapse.createdAt());
  }

  private void version(MemoryVersion version) {
    line("version", version.id(), version.text(), version.recordedFrom());
    line("  until", text(version.recordedUntil()), text(version.validUntil()));
  }

  private void docs(VectorCollection docs) {
    docs.scan(ALL).items().stream()
        .map(each -> docs.get(each.id()).orElseThrow())
        .sorted(Comparator.comparing(each -> each.id().toString()))
        .forEach(this::record);
  }

  private void record(VectorRecord record) {
    String vector = record.vector().map(Arrays::toString).orElse("-");
    line("record", record.id(), text(record.text()), text(record.metadata()), vector);
  }
}
