/** The rules of the memory graph: pure functions of weights and times. Knows no store. */
@NullMarked
package dev.engram.internal.graph;

import org.jspecify.annotations.NullMarked;
