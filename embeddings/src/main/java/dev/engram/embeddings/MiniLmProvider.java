package dev.engram.embeddings;

import dev.engram.InvalidInputException;
import dev.engram.spi.Embedder;
import dev.engram.spi.EmbedderProvider;

/** Makes {@link MiniLmEmbedder}s under the name {@code minilm}. Takes no spec. Stateless. */
public final class MiniLmProvider implements EmbedderProvider {
  /** For {@link java.util.ServiceLoader}. */
  public MiniLmProvider() {}

  @Override
  public String name() {
    return MiniLmEmbedder.PROVIDER;
  }

  @Override
  public Embedder create(String spec) {
    if (!spec.isEmpty()) {
      throw new InvalidInputException(
          "embedder refused: name=minilm, spec=" + spec + "; minilm takes no spec, leave it out");
    }
    return new MiniLmEmbedder();
  }
}
