/**
 * Sealing: how values of an encrypted store are encrypted and checked, how data keys are derived
 * and wrapped, the bytes of the file that holds them, and those of files that are sealed as a
 * whole. It knows keys and values as bytes and files as streams, and asks for master keys without a
 * say in where they come from.
 */
@NullMarked
package dev.engram.internal.crypto;

import org.jspecify.annotations.NullMarked;
