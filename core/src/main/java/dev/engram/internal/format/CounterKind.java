package dev.engram.internal.format;

import java.util.List;

/** The counters of {@code meta}; their numbers are part of the format. */
public final class CounterKind {
  /** The collection number under which the store's own counters stand. */
  public static final int STORE = 0;

  /** Of the store: the highest collection number given. */
  public static final int COLLECTIONS = 1;

  /** Of a collection: one more than the highest ordinal given in its epoch. */
  public static final int ORDINALS = 2;

  /** Of a collection: rows of {@code records}, expired ones that are not swept included. */
  public static final int LIVE = 3;

  /** Of a space: one more than the highest node number given. */
  public static final int NODES = 4;

  /** Of a space: rows of {@code st_edges}. */
  public static final int SHORT_TERM = 5;

  /** Of a space: rows of {@code lt_edges}. */
  public static final int LONG_TERM = 6;

  /** The counters of a collection or space. */
  public static final List<Integer> OF_COLLECTION =
      List.of(ORDINALS, LIVE, NODES, SHORT_TERM, LONG_TERM);

  private CounterKind() {}
}
