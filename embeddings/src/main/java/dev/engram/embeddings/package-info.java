/**
 * Embedders: {@link dev.engram.embeddings.MiniLmEmbedder}, a small sentence model inside this
 * process, and {@link dev.engram.embeddings.HttpEmbedder}, a client of OpenAI-compatible services.
 * Knows the embedder SPI of core, and nothing of stores.
 */
@NullMarked
package dev.engram.embeddings;

import org.jspecify.annotations.NullMarked;
