package dev.engram.internal.graph;

/** The synapses of a space. Thread-safe. */
@FunctionalInterface
public interface Graph {
  /** The synapses that touch a node; none where there is no such node. */
  Neighbours of(int node);
}
