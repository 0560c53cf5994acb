/**
 * Bytes: readers, writers, frames with checksums, and one layout class for each kind of row or
 * file. Knows nothing of RocksDB, files or views.
 */
@NullMarked
package dev.engram.internal.format;

import org.jspecify.annotations.NullMarked;
