package dev.engram.internal.engine;

import dev.engram.CheckReport;

/** Placeholder to be replaced in this commit. */
final class Checker {
  private final OpenStore store;

  Checker(OpenStore store) {
    this.store = store;
  }

  CheckReport run() {
    return new CheckReport(java.util.List.of(), java.util.Map.of(), store.log().last());
  }
}
