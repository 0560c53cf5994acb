/**
 * What other modules and applications implement to extend Engram: embedders and object stores with
 * their providers, views, forms and compressions of exports. Only JDK types and types of {@code
 * dev.engram} stand in its signatures.
 */
@NullMarked
package dev.engram.spi;

import org.jspecify.annotations.NullMarked;
