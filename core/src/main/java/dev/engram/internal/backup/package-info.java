/**
 * Copies of a store and the way back: snapshots in place, and putting a restored store in the place
 * of what was there. It knows files, manifests and the log, and nothing of what rows mean.
 */
@NullMarked
package dev.engram.internal.backup;

import org.jspecify.annotations.NullMarked;
