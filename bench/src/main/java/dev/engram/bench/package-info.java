/** Benchmarks that run Engram beside a peer in one process; never a dependency of anything. */
@NullMarked
package dev.engram.bench;

import org.jspecify.annotations.NullMarked;
