package dev.engram.spi;

import dev.engram.InvalidInputException;
import dev.engram.Limits;

/**
 * Which vectors an embedder makes. Stored with every collection that it filled and compared when
 * the store is opened again: vectors of different identities must not be mixed.
 *
 * @param provider the kind of embedder, for example {@code minilm} or {@code http}
 * @param model the name of the model, without secrets or addresses
 * @param dimension components per vector
 * @param normalised whether every vector has unit length
 */
public record EmbedderIdentity(String provider, String model, int dimension, boolean normalised) {
  /** Checks that names are present and the dimension is within {@link Limits}. */
  public EmbedderIdentity {
    if (provider.isBlank() || model.isBlank()) {
      throw new InvalidInputException(
          "embedder identity refused: provider and model must not be blank; name both");
    }
    if (dimension < 1 || dimension > Limits.MAX_DIMENSION) {
      throw new InvalidInputException(
          "embedder identity refused: dimension="
              + dimension
              + ", max="
              + Limits.MAX_DIMENSION
              + "; use a model within the limit");
    }
  }
}
