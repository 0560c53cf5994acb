package dev.engram.internal.vector;

/** What one search, or one thread that encodes, works with. Not thread-safe. */
final class Workspace {
  final CodedQuery query;
  final Router router = new Router();
  final CentroidGroups.Nearest nearest = new CentroidGroups.Nearest();
  final Ranker ranker = new Ranker();
  final Probes probes = new Probes();

  Workspace(int padded) {
    this.query = new CodedQuery(padded);
  }

  /** Refers to nothing of an index any more, so that what is replaced there can be unmapped. */
  void forget() {
    router.forget();
    ranker.forget();
  }
}
