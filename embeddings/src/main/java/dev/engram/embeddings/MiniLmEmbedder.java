package dev.engram.embeddings;

import dev.engram.ClosedException;
import dev.engram.InvalidInputException;
import dev.engram.spi.Embedder;
import dev.engram.spi.EmbedderIdentity;
import java.util.List;

/**
 * Sentence embeddings by all-MiniLM-L6-v2 (quantised to 8 bits), inside this process: 384
 * dimensions, unit length, English. No service, no network, no telemetry.
 *
 * <p>Constructing one is free: the model loads with the first text, or with {@link #warmUp()}. It
 * is loaded once per process and shared, and stays until the process ends (about 100 MB outside the
 * heap). Texts of a batch are spread over the available processors.
 *
 * <p>Long texts: the model reads 254 tokens, some 200 words. A longer text is cut into pieces of
 * that length, and the result is the normalised average of their vectors, weighted by length.
 * Nothing is left out, but one vector for a long text says little: split long texts into records.
 *
 * <p>Native code is unpacked once per user, into {@code engram/native} below the user's cache
 * directory, or below the directory that the system property {@code engram.native.dir} names.
 *
 * <p>Thread-safe. Does not cache vectors, and does not know queries from documents.
 */
public final class MiniLmEmbedder implements Embedder {
  static final String PROVIDER = "minilm";

  private static final EmbedderIdentity IDENTITY =
      new EmbedderIdentity(PROVIDER, "all-minilm-l6-v2-q", MiniLmModel.DIMENSION, true);

  private volatile boolean closed;

  /** An embedder whose model is not loaded yet. */
  public MiniLmEmbedder() {}

  @Override
  public EmbedderIdentity identity() {
    return IDENTITY;
  }

  /**
   * Loads the model, if no embedder of this process has yet.
   *
   * @throws dev.engram.UnavailableException if its native code does not load on this machine
   */
  public void warmUp() {
    checkOpen();
    Object unused = MiniLmModel.shared();
    assert unused != null;
  }

  /**
   * Embeds texts that will be stored.
   *
   * @throws InvalidInputException if a text has no token: it is empty, or only white space
   * @throws dev.engram.UnavailableException if the model does not load on this machine
   */
  @Override
  public List<float[]> embed(List<String> texts) {
    checkOpen();
    if (texts.isEmpty()) {
      return List.of();
    }
    MiniLmModel model = MiniLmModel.shared();
    return Parallel.map(texts.size(), i -> model.vector(texts.get(i), i));
  }

  /** Refuses further texts. The model stays loaded for other embedders. */
  @Override
  public void close() {
    closed = true;
  }

  private void checkOpen() {
    if (closed) {
      throw new ClosedException("embedder is closed: provider=minilm; open a new one");
    }
  }
}
