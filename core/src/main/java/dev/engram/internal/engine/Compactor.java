package dev.engram.internal.engine;

import dev.engram.CompactionReport;
import dev.engram.CompactionReport.Part;
import dev.engram.NotFoundException;
import dev.engram.Progress;
import dev.engram.StaleViewException;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.Log;
import dev.engram.internal.log.LogCompaction;
import dev.engram.internal.vector.PartitionedVectorIndex;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One compaction of a whole store: the log's families, the text index, the vector indexes that lie
 * in files. Not thread-safe.
 */
final class Compactor {
  private static final String OPERATION = "compact";

  private final OpenStore store;
  private final Log log;
  private final Chores chores;
  private final Progress progress;
  private final List<CatalogEntry> indexes;
  private int step;

  Compactor(OpenStore store, Chores chores, Progress progress) {
    this.store = store;
    this.log = store.log();
    this.chores = chores;
    this.progress = progress;
    this.indexes =
        store.catalogState().all().stream()
            .filter(entry -> store.vectorKind().hasFiles(entry.row()))
            .toList();
  }

  CompactionReport run() {
    Map<String, Long> before = sizes();
    report("log");
    store.checkpoint();
    chores.trimAll();
    LogCompaction compaction = log.compaction();
    for (Family family : Family.values()) {
      step++;
      compaction.run(family, () -> report(family.title()));
      report(family.title());
    }
    step++;
    report("text index");
    compactText();
    for (CatalogEntry each : indexes) {
      step++;
      report("vector index " + each.number());
      compact(each);
    }
    store.checkpoint();
    Map<String, Long> after = sizes();
    List<Part> parts = new ArrayList<>();
    before.forEach((name, bytes) -> parts.add(new Part(name, bytes, after.getOrDefault(name, 0L))));
    step++;
    report("done");
    return new CompactionReport(parts);
  }

  private void compactText() {
    try {
      store.text().compact();
      store.views().republish(TextView.NAME);
    } catch (StaleViewException e) {
      // It is being made anew, which is as good.
    }
  }

  private void compact(CatalogEntry entry) {
    try {
      PartitionedVectorIndex index = store.vectors().get(entry.row());
      index.flush(true);
      index.improve(true);
    } catch (NotFoundException e) {
      // Dropped meanwhile: its files go as well.
    }
  }

  private void report(String what) {
    progress.report(new Progress.Update(OPERATION, step, steps(), what));
    Handle.checkInterrupt(OPERATION, step);
  }

  private int steps() {
    return Family.values().length + indexes.size() + 2;
  }

  private Map<String, Long> sizes() {
    Map<String, Long> sizes = new LinkedHashMap<>();
    long rows = 0;
    for (Family family : Family.values()) {
      rows += log.property(family, "rocksdb.live-sst-files-size");
    }
    sizes.put("rows", rows);
    sizes.put("vectors", log.property(Family.VECTORS, "rocksdb.live-blob-file-size"));
    Path directory = store.directory();
    if (directory != null) {
      Path views = directory.resolve(StoreFiles.VIEWS);
      sizes.put("text index", bytes(views.resolve(TextView.NAME)));
      sizes.put("vector indexes", bytes(views.resolve(VectorKind.NAME)));
    }
    return sizes;
  }

  private static long bytes(Path directory) {
    return directory.toFile().isDirectory() ? Directories.bytes(directory) : 0;
  }
}
