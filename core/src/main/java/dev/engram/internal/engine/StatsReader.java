package dev.engram.internal.engine;

import dev.engram.Stats;
import dev.engram.internal.format.CounterKind;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.Log;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Gathers the figures of an open store. */
final class StatsReader {
  private final OpenStore store;

  StatsReader(OpenStore store) {
    this.store = store;
  }

  Stats read() {
    Log log = store.log();
    Map<String, Long> families = new LinkedHashMap<>();
    for (Family family : Family.values()) {
      families.put(family.title(), Math.max(0, log.rows(family)));
    }
    Path directory = store.directory();
    return new Stats(
        log.last(),
        store.catalogState().size(),
        sum(log, CounterKind.LIVE),
        sum(log, CounterKind.SHORT_TERM),
        sum(log, CounterKind.LONG_TERM),
        log.commits(),
        log.groups(),
        directory == null ? 0 : Directories.bytes(directory),
        log.keptBytes(),
        nativeBytes(log),
        log.compressionRatio(),
        store.searchMeter().stats(),
        store.synapseCache().stats(),
        log.rowCacheStats(),
        store.archiveState().stats(),
        Optional.ofNullable(store.following()).map(following -> following.lag(log)),
        store.maintenance().tasks().stats(),
        store.scrubber().stats(),
        store.views().stats(),
        families);
  }

  private long sum(Log log, int counter) {
    long sum = 0;
    for (CatalogEntry entry : store.catalogState().all()) {
      sum += log.counter(entry.number(), counter);
    }
    return sum;
  }

  private static long nativeBytes(Log log) {
    long bytes = log.property(Family.LOG, "rocksdb.block-cache-usage");
    for (Family family : Family.values()) {
      bytes += log.property(family, "rocksdb.cur-size-all-mem-tables");
      bytes += log.property(family, "rocksdb.estimate-table-readers-mem");
    }
    return bytes;
  }
}
