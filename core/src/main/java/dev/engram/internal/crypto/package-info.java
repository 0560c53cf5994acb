/**
 * Sealing: how values of an encrypted store are encrypted and checked, how data keys are derived
 * and wrapped, and the bytes of the file that holds them. It knows keys and values as bytes, reads
 * and writes no file, and has no say in where master keys come from.
 */
@NullMarked
package dev.engram.internal.crypto;

import org.jspecify.annotations.NullMarked;
