/**
 * Import and export: streams of items between a store and files. Knows forms and compressions only
 * as what the service interfaces say, and the store only as {@link
 * dev.engram.internal.transfer.TransferStore}.
 */
@NullMarked
package dev.engram.internal.transfer;

import org.jspecify.annotations.NullMarked;
