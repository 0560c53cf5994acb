/**
 * The text view: one BM25 index for the whole store, with statistics of its own for every scope (a
 * collection and an epoch). Texts and numbers in, ordinals and scores out. The only importer of
 * Lucene. Knows nothing of RocksDB, the log or the engine.
 */
@NullMarked
package dev.engram.internal.text;

import org.jspecify.annotations.NullMarked;
