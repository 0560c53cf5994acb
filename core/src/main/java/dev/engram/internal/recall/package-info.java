/**
 * How the findings of several arms become one ranking, with the reasons kept. Pure: ordinals and
 * scores in, ordinals and contributions out.
 */
@NullMarked
package dev.engram.internal.recall;

import org.jspecify.annotations.NullMarked;
