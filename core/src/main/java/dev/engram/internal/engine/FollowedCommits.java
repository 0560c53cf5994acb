package dev.engram.internal.engine;

import dev.engram.internal.format.CommitFileLayout.Shipped;
import dev.engram.internal.format.CommitLayout;
import dev.engram.internal.format.CommitLayout.Entry;
import dev.engram.internal.log.CommitFileReader;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.Log;
import dev.engram.internal.view.ViewSet;
import dev.engram.spi.Commit;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * Applies the commits of another log to an open store, which its views are told of as of its own.
 * One call at a time.
 */
final class FollowedCommits {
  private final OpenStore store;
  private final Log log;
  private final Function<CommitLayout.Read, Commit> decoder;

  FollowedCommits(OpenStore store) {
    this.store = store;
    this.log = store.log();
    this.decoder = ViewSet.decoder(log);
  }

  /**
   * Applies what is new of a file that was found whole.
   *
   * @param upTo no later LSN is applied
   * @throws dev.engram.MismatchException where the commits do not follow those that are there
   */
  void apply(Path file, long upTo) {
    try (CommitFileReader commits = store.commitFiles().open(file)) {
      Shipped next = commits.next();
      while (next != null && next.lsn() <= upTo) {
        store.requireOpen();
        apply(next);
        next = commits.next();
      }
    }
  }

  private void apply(Shipped commit) {
    store.views().throttle();
    store.vectorKind().throttle();
    List<Entry> described =
        commit.read().entries().stream()
            .filter(entry -> entry.family() == Family.CONFIG.code())
            .toList();
    if (described.isEmpty()) {
      boolean _ = log.apply(commit, decoder);
    } else {
      OpenCatalog catalog = store.catalogState();
      catalog.change(
          () -> log.apply(commit, decoder), List.of(() -> described.forEach(catalog::apply)));
    }
    log.reach("follow-commit-applied");
  }
}
