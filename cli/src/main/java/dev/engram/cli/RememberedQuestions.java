package dev.engram.cli;

import dev.engram.spi.Embedder;
import dev.engram.spi.EmbedderIdentity;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** An embedder that embeds a question once, however often it is asked. Thread-safe. */
record RememberedQuestions(Embedder embedder, Map<String, float[]> questions) implements Embedder {
  RememberedQuestions(Embedder embedder) {
    this(embedder, new ConcurrentHashMap<>());
  }

  @Override
  public EmbedderIdentity identity() {
    return embedder.identity();
  }

  @Override
  public List<float[]> embed(List<String> texts) {
    return embedder.embed(texts);
  }

  @Override
  public float[] embedQuery(String text) {
    return questions.computeIfAbsent(text, embedder::embedQuery).clone();
  }

  @Override
  public void close() {
    embedder.close();
  }
}
