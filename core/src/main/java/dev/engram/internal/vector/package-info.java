/**
 * Vector search: kernels and indexes. Pure: vectors and ordinals in, ordinals and scores out. Knows
 * nothing of stores, logs, records or texts.
 */
@NullMarked
package dev.engram.internal.vector;

import org.jspecify.annotations.NullMarked;
