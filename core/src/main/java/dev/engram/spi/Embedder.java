package dev.engram.spi;

import java.util.List;

/**
 * Turns texts into vectors.
 *
 * <p>Thread-safety: every method may be called from many threads at once. Calls block, and may be
 * slow (a model, a network); none is made while a store holds a lock.
 *
 * <p>Contract: the same text gives the same direction, within rounding, whatever else is in the
 * batch; every vector has {@link EmbedderIdentity#dimension()} finite components. An embedder does
 * not cache, and does not store anything in Engram.
 */
public interface Embedder extends AutoCloseable {

  /**
   * Which vectors this embedder makes. The same answer for the embedder's whole life. May probe the
   * model the first time it is asked.
   *
   * @throws dev.engram.UnavailableException if the model must be asked and does not answer
   */
  EmbedderIdentity identity();

  /**
   * Embeds texts that will be stored.
   *
   * @param texts any number, also none; an implementation splits them into batches that its model
   *     takes, so callers give as many as they have
   * @return one new vector for each text, in the order of the texts; all or nothing
   * @throws dev.engram.UnavailableException if the model does not answer after its retries
   * @throws dev.engram.InvalidInputException if the model refuses the texts
   */
  List<float[]> embed(List<String> texts);

  /**
   * Embeds a text that is searched for. Models that tell questions from documents override it.
   *
   * @throws dev.engram.UnavailableException if the model does not answer after its retries
   * @throws dev.engram.InvalidInputException if the model refuses the text
   */
  default float[] embedQuery(String text) {
    return embed(List.of(text)).getFirst();
  }

  /** Frees the model. Does nothing by default; calling it again does nothing. */
  @Override
  default void close() {}
}
