package dev.engram.soak;

import java.util.Comparator;

/** A synapse, as the oracle keeps it. */
record Link(String from, String to) implements Comparable<Link> {
  private static final Comparator<Link> ORDER =
      Comparator.comparing(Link::from).thenComparing(Link::to);

  boolean touches(String id) {
    return from.equals(id) || to.equals(id);
  }

  @Override
  public int compareTo(Link other) {
    return ORDER.compare(this, other);
  }
}
