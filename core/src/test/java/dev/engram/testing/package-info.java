/**
 * Test support that other packages' tests use: child processes, and power loss for what they write.
 * Knows nothing of the store.
 */
@NullMarked
package dev.engram.testing;

import org.jspecify.annotations.NullMarked;
