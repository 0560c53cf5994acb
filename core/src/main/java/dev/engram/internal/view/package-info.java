/**
 * Views: what the commits mean to them, applying, publishing, rebuilding and verifying them. Knows
 * the log and the view contract, and no view in particular.
 */
@NullMarked
package dev.engram.internal.view;

import org.jspecify.annotations.NullMarked;
