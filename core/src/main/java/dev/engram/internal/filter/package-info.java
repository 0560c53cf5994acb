/**
 * The metadata index of one collection: metadata in, sets of ordinals out. Owns the columns, the
 * bitmaps and their stored form; knows nothing of the log, of files or of other views. The only
 * importer of RoaringBitmap, which {@link dev.engram.internal.filter.OrdinalSet} hides.
 */
@NullMarked
package dev.engram.internal.filter;

import org.jspecify.annotations.NullMarked;
