/**
 * The log and the state that it describes: RocksDB, group commit, LSNs, conflict detection,
 * durability, trimming. The only package that touches {@code org.rocksdb}. It knows families, keys
 * and values as bytes, and nothing of what they mean.
 */
@NullMarked
package dev.engram.internal.log;

import org.jspecify.annotations.NullMarked;
