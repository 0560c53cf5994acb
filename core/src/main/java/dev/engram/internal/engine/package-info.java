/**
 * The engine: wires the log, the views and the rules into the public API. Nothing imports it but
 * the factory methods of {@link dev.engram.Engram}.
 */
@NullMarked
package dev.engram.internal.engine;

import org.jspecify.annotations.NullMarked;
