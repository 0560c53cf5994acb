/** The command line: parses arguments, calls the public API, prints. Knows nothing internal. */
@NullMarked
package dev.engram.cli;

import org.jspecify.annotations.NullMarked;
