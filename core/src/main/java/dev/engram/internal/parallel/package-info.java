/** Work that is shared out among threads. Knows nothing of what the work is. */
@NullMarked
package dev.engram.internal.parallel;

import org.jspecify.annotations.NullMarked;
