/**
 * Benchmarks of the kernels, in their package because they are not public. Run by {@code
 * dev.engram.bench}; nothing depends on them.
 */
@NullMarked
package dev.engram.internal.vector;

import org.jspecify.annotations.NullMarked;
