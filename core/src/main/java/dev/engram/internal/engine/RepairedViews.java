package dev.engram.internal.engine;

import dev.engram.CheckLevel;
import dev.engram.CheckReport;
import dev.engram.CheckReport.Finding;
import dev.engram.CorruptStoreException;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.Progress;
import dev.engram.StorageException;
import dev.engram.internal.log.Directories;
import dev.engram.internal.text.TextIndex;
import dev.engram.internal.text.TextWatermark;
import dev.engram.internal.vector.SegmentDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The views of a closed store: which of them are damaged, and what they remember. A view is mended
 * by dropping it: the next opening makes it anew. Static functions only.
 */
final class RepairedViews {
  private RepairedViews() {}

  /** The last LSN of which a view knows; 0 where none does. */
  static long lastSeen(Path store) {
    long seen = lastSeenByText(textOf(store));
    Path vectors = vectorsOf(store);
    for (String index : Directories.names(vectors)) {
      seen = Math.max(seen, lastSeenByVectors(vectors.resolve(index)));
    }
    return seen;
  }

  private static long lastSeenByText(Path directory) {
    if (!Files.isDirectory(directory)) {
      return 0;
    }
    try (TextIndex index = TextIndex.open(directory)) {
      Optional<TextWatermark> seen = index.committedWatermark();
      return seen.map(TextWatermark::lsn).orElse(0L);
    } catch (CorruptStoreException e) {
      return 0;
    }
  }

  private static long lastSeenByVectors(Path index) {
    try {
      String[] words = SegmentDirectory.words(index).split(" ", -1);
      return words.length == 3 ? Long.parseLong(words[2]) : 0;
    } catch (CorruptStoreException | IOException | NumberFormatException e) {
      return 0;
    }
  }

  static void dropText(Path store, List<String> actions) {
    Path text = textOf(store);
    if (Files.isDirectory(text)) {
      TextIndex.destroy(text);
      actions.add("dropped the text index; it is rebuilt when the store is opened");
    }
  }

  private static void dropVectors(Path index, List<String> actions) {
    Directories.delete(index);
    actions.add(
        "dropped a vector index; it is rebuilt when it is used: index=" + index.getFileName());
  }

  /** Drops the views that have a damaged file. */
  static void dropDamaged(Path store, List<String> actions) {
    if (isTextDamaged(textOf(store))) {
      dropText(store, actions);
    }
    Path vectors = vectorsOf(store);
    for (String name : Directories.names(vectors)) {
      if (isVectorsDamaged(vectors.resolve(name))) {
        dropVectors(vectors.resolve(name), actions);
      }
    }
  }

  private static boolean isTextDamaged(Path text) {
    if (!Files.isDirectory(text)) {
      return false;
    }
    try {
      for (String file : TextIndex.committedFiles(text)) {
        TextIndex.check(text.resolve(file), true);
      }
      return false;
    } catch (StorageException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      return true;
    }
  }

  private static boolean isVectorsDamaged(Path index) {
    try {
      for (String file : SegmentDirectory.published(index)) {
        SegmentDirectory.check(index.resolve(file), true, bytes -> {});
      }
      return false;
    } catch (CorruptStoreException | IOException e) {
      return true;
    }
  }

  /**
   * Opens the store, compares each view with the rows, and drops those that differ.
   *
   * @return what is wrong still
   */
  static List<Finding> dropDifferent(
      EngramConfig config, Path store, Progress progress, List<String> actions) {
    CheckReport report;
    try (Engram engram = EngineFactory.open(config.createIfMissing(false))) {
      report = engram.check(CheckLevel.DEEP, progress);
    }
    List<Finding> left = new ArrayList<>();
    for (Finding each : report.findings()) {
      if (!isOfView(each, TextView.NAME) && !isOfView(each, VectorKind.NAME)) {
        left.add(each);
      }
    }
    if (report.findings().stream().anyMatch(each -> isOfView(each, TextView.NAME))) {
      dropText(store, actions);
    }
    if (report.findings().stream().anyMatch(each -> isOfView(each, VectorKind.NAME))) {
      Path vectors = vectorsOf(store);
      Directories.names(vectors).forEach(name -> dropVectors(vectors.resolve(name), actions));
    }
    return left;
  }

  private static boolean isOfView(Finding finding, String view) {
    return finding.where().equals(FindingList.VIEW + view)
        || finding.where().startsWith(StoreFiles.VIEWS + "/" + view + "/");
  }

  private static Path textOf(Path store) {
    return store.resolve(StoreFiles.VIEWS).resolve(TextView.NAME);
  }

  private static Path vectorsOf(Path store) {
    return store.resolve(StoreFiles.VIEWS).resolve(VectorKind.NAME);
  }
}
