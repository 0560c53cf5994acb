/**
 * What breaks other programs, for tests and the soak: child processes that are killed, power loss
 * and failing devices for what they write, damaged files. Knows nothing of the store. Compiled into
 * the tests of the core and into the module {@code bench}.
 */
@NullMarked
package dev.engram.testing;

import org.jspecify.annotations.NullMarked;
