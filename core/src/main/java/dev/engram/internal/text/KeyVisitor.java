package dev.engram.internal.text;

/** Receives the keys of an index, one call for each live document, in no particular order. */
@FunctionalInterface
public interface KeyVisitor {
  /** One document and the hash of the text and language that it was made from. */
  void visit(int collection, int epoch, int ordinal, long hash);
}
