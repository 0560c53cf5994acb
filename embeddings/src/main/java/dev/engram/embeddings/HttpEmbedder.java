package dev.engram.embeddings;

import dev.engram.CancelledException;
import dev.engram.ClosedException;
import dev.engram.InvalidInputException;
import dev.engram.Limits;
import dev.engram.UnavailableException;
import dev.engram.spi.Embedder;
import dev.engram.spi.EmbedderIdentity;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Embeddings from an OpenAI-compatible service, such as OpenAI, Ollama, vLLM or Text Embeddings
 * Inference: {@code POST {base}/embeddings}.
 *
 * <p>Texts go out in batches, one after the other. Busy answers (408, 429, 5xx), time-outs and lost
 * connections are retried with growing, jittered delays, or after the time that the service asks
 * for; whatever else goes wrong fails at once. Every answer is checked: count, order, dimension,
 * finite numbers.
 *
 * <p>Thread-safe. Does not cache, follow redirects, or cut long texts. The API key is sent to the
 * base address only, and never shows in messages.
 */
public final class HttpEmbedder implements Embedder {
  static final String PROVIDER = "http";

  private static final long RESPONSE_BYTES_PER_TEXT = 32L * Limits.MAX_DIMENSION;
  private static final long RESPONSE_BYTES_BASE = 1024 * 1024;
  private static final String PROBE = "dimension";

  private final HttpClient client;
  private final URI endpoint;
  private final String model;
  private final @Nullable String apiKey;
  private final int batchSize;
  private final Duration timeout;
  private final RetryPolicy retries;

  /** Zero until the first answer tells it. */
  private final AtomicInteger dimension;

  private volatile boolean closed;

  HttpEmbedder(HttpEmbedderBuilder builder) {
    this.endpoint = builder.endpoint;
    this.model = builder.model;
    this.apiKey = builder.apiKey;
    this.batchSize = builder.batchSize;
    this.timeout = builder.timeout;
    this.retries = builder.retries;
    this.dimension = new AtomicInteger(builder.dimension);
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(builder.timeout)
            .build();
  }

  /**
   * Starts to describe an embedder.
   *
   * @param base where the service is, up to but without {@code /embeddings}, for example {@code
   *     http://localhost:11434/v1}
   * @param model the model's name, as the service knows it
   * @throws InvalidInputException if the address is not plain http or https, or the model is blank
   */
  public static HttpEmbedderBuilder builder(URI base, String model) {
    return new HttpEmbedderBuilder(base, model);
  }

  /**
   * Which vectors this embedder makes. Asks the service for a vector if the dimension is not known.
   *
   * @throws UnavailableException if the service does not answer after all attempts
   */
  @Override
  public EmbedderIdentity identity() {
    if (dimension.get() == 0) {
      List<float[]> probe = embed(List.of(PROBE));
      assert probe.size() == 1;
    }
    return new EmbedderIdentity(PROVIDER, model, dimension.get(), false);
  }

  /**
   * Embeds texts that will be stored.
   *
   * @throws UnavailableException if the service does not answer usably after all attempts
   * @throws InvalidInputException if the service refuses the texts
   * @throws dev.engram.MismatchException if it answers with another dimension
   * @throws CancelledException if the thread is interrupted
   */
  @Override
  public List<float[]> embed(List<String> texts) {
    List<float[]> vectors = new ArrayList<>(texts.size());
    for (int from = 0; from < texts.size(); from += batchSize) {
      List<String> batch = texts.subList(from, Math.min(texts.size(), from + batchSize));
      byte[] response = post(EmbeddingsJson.request(model, batch), batch.size());
      List<float[]> answer = EmbeddingsJson.vectors(response, batch.size(), dimension.get());
      dimension.compareAndSet(0, answer.getFirst().length);
      vectors.addAll(answer);
    }
    return vectors;
  }

  /** Ends calls under way and refuses further ones. */
  @Override
  public void close() {
    closed = true;
    client.shutdownNow();
  }

  /** Names the address and model, not the key. */
  @Override
  public String toString() {
    return "HttpEmbedder[endpoint=" + endpoint + ", model=" + model + "]";
  }

  private byte[] post(byte[] body, int texts) {
    HttpRequest request = request(body);
    try {
      for (int attempt = 1; ; attempt++) {
        Attempt made = attempt(request, texts);
        if (made.status == 200) {
          return made.body;
        }
        if (attempt == retries.attempts() || !made.mayRetry()) {
          throw failure(made, attempt, texts);
        }
        retries.waitAfter(attempt, made.retryAfter);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException("embedding cancelled: provider=http, texts=" + texts, e);
    }
  }

  private HttpRequest request(byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(endpoint)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (apiKey != null) {
      request.header("Authorization", "Bearer " + apiKey);
    }
    return request.build();
  }

  private Attempt attempt(HttpRequest request, int texts) throws InterruptedException {
    if (closed) {
      throw new ClosedException("embedder is closed: provider=http; open a new one");
    }
    long limit = RESPONSE_BYTES_BASE + texts * RESPONSE_BYTES_PER_TEXT;
    BodyHandler<byte[]> handler = BodyHandlers.limiting(BodyHandlers.ofByteArray(), limit);
    CompletableFuture<HttpResponse<byte[]>> call = client.sendAsync(request, handler);
    try {
      HttpResponse<byte[]> response = call.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      Optional<String> retryAfter = response.headers().firstValue("Retry-After");
      return new Attempt(response.statusCode(), response.body(), retryAfter, null);
    } catch (TimeoutException e) {
      return Attempt.lost(e);
    } catch (ExecutionException e) {
      return Attempt.lost(e.getCause() == null ? e : e.getCause());
    } finally {
      call.cancel(true);
    }
  }

  private RuntimeException failure(Attempt made, int attempts, int texts) {
    String what =
        made.lost == null
            ? "status=" + made.status
            : "error=" + made.lost.getClass().getSimpleName();
    String message =
        "embedding failed: provider=http, " + what + ", attempts=" + attempts + ", texts=" + texts;
    return switch (made.status) {
      case 400, 413, 422 ->
          new InvalidInputException(
              message + "; the service refuses these texts or the model, shorten or correct them");
      case 401, 403 ->
          new UnavailableException(message + "; give an API key that the service accepts");
      case 404 -> new UnavailableException(message + "; check the base address and the model");
      default ->
          new UnavailableException(
              message + "; check that the service is up, and try again", made.lost);
    };
  }

  /** What came of one call: a status, or what was thrown instead. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Attempt(
      int status, byte[] body, Optional<String> retryAfter, @Nullable Throwable lost) {
    static Attempt lost(Throwable thrown) {
      return new Attempt(0, new byte[0], Optional.empty(), thrown);
    }

    boolean mayRetry() {
      return lost instanceof IOException
          || lost instanceof TimeoutException
          || status == 408
          || status == 429
          || status >= 500;
    }
  }
}
