/**
 * Engram's public API: an embedded, durable memory database. Open a directory with {@link
 * dev.engram.Engram#open}, then work with memory spaces and vector collections; every change is one
 * commit in one log. Nothing of {@code internal} or of third parties appears in these signatures.
 */
@NullMarked
package dev.engram;

import org.jspecify.annotations.NullMarked;
