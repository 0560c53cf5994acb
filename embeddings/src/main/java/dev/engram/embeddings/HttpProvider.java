package dev.engram.embeddings;

import dev.engram.InvalidInputException;
import dev.engram.spi.Embedder;
import dev.engram.spi.EmbedderProvider;
import java.net.URI;

/**
 * Makes {@link HttpEmbedder}s under the name {@code http}. The spec is {@code model@base}, for
 * example {@code http:nomic-embed-text@http://localhost:11434/v1}; the API key, if any, is read
 * from the environment variable {@code ENGRAM_EMBEDDER_KEY}. Stateless.
 */
public final class HttpProvider implements EmbedderProvider {
  /** The environment variable that holds the API key. */
  public static final String KEY_VARIABLE = "ENGRAM_EMBEDDER_KEY";

  /** For {@link java.util.ServiceLoader}. */
  public HttpProvider() {}

  @Override
  public String name() {
    return HttpEmbedder.PROVIDER;
  }

  @Override
  public Embedder create(String spec) {
    int at = spec.indexOf("@http");
    if (at < 1) {
      throw refused();
    }
    HttpEmbedderBuilder builder =
        HttpEmbedder.builder(address(spec.substring(at + 1)), spec.substring(0, at));
    String key = System.getenv(KEY_VARIABLE);
    if (key != null && !key.isEmpty()) {
      builder.apiKey(key);
    }
    return builder.build();
  }

  private static URI address(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw refused();
    }
  }

  private static InvalidInputException refused() {
    return new InvalidInputException(
        "embedder refused: name=http; give model@base, for example"
            + " http:nomic-embed-text@http://localhost:11434/v1");
  }
}
