package dev.engram.internal.engine;

import dev.engram.UnavailableException;
import dev.engram.internal.vector.VectorCheck;
import dev.engram.spi.Embedder;
import dev.engram.spi.EmbedderIdentity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the vector of a question, or says why there is none. Thread-safe. */
final class QuestionEmbedder {
  private final OpenStore store;

  QuestionEmbedder(OpenStore store) {
    this.store = store;
  }

  /** The embedded question; null, with a note, where the space has no vectors to compare. */
  float @Nullable [] embed(CatalogEntry space, String text, List<String> notes) {
    EmbedderIdentity stored = space.descriptor().embedder();
    Embedder embedder = store.embedder();
    if (embedder == null) {
      notes.add(
          stored == null
              ? "no embedder: recall by words only"
              : "the embedder "
                  + stored.provider()
                  + "/"
                  + stored.model()
                  + " is not here: recall by words only");
      return null;
    }
    if (stored == null) {
      notes.add("nothing in this space is embedded yet: recall by words only");
      return null;
    }
    if (text.isBlank()) {
      return null;
    }
    float[] vector;
    try {
      Memories.requireSame(space, stored, embedder.identity());
      vector = embedder.embedQuery(text);
    } catch (UnavailableException e) {
      notes.add("the embedder does not answer: recall by words only");
      return null;
    }
    VectorCheck.check(vector, space.descriptor().dimension(), space.descriptor().metric());
    return vector;
  }
}
