/**
 * The soak: hours of everything that a store may meet, in an order drawn from a seed, against an
 * oracle outside the store. Knows the public interface, the named places of {@code
 * dev.engram.internal.log.CrashPoints}, and the faults of {@code dev.engram.testing}.
 */
@NullMarked
package dev.engram.soak;

import org.jspecify.annotations.NullMarked;
