/**
 * Forms and compressions of exports that need libraries: JSON, JSON Lines and MessagePack; zstd,
 * lz4 and brotli. Found by {@link java.util.ServiceLoader}; knows the core only by its public API.
 */
@NullMarked
package dev.engram.formats;

import org.jspecify.annotations.NullMarked;
