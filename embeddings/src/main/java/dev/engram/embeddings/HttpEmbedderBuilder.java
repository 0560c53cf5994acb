package dev.engram.embeddings;

import dev.engram.InvalidInputException;
import dev.engram.Limits;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Describes an {@link HttpEmbedder}. Not thread-safe. */
public final class HttpEmbedderBuilder {
  /** Texts per call unless told otherwise. */
  public static final int DEFAULT_BATCH_SIZE = 64;

  /** Most texts per call. */
  public static final int MAX_BATCH_SIZE = 2_048;

  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);
  private static final int MAX_TIMEOUT_MILLIS = 60 * 60 * 1000;

  final URI endpoint;
  final String model;
  @Nullable String apiKey;
  int dimension;
  int batchSize = DEFAULT_BATCH_SIZE;
  Duration timeout = DEFAULT_TIMEOUT;
  RetryPolicy retries = RetryPolicy.standard();

  HttpEmbedderBuilder(URI base, String model) {
    boolean web = "http".equals(base.getScheme()) || "https".equals(base.getScheme());
    boolean plain =
        base.getRawUserInfo() == null && base.getRawQuery() == null && base.getFragment() == null;
    if (!web || !plain || base.getHost() == null) {
      throw new InvalidInputException(
          "embedder refused: scheme="
              + base.getScheme()
              + "; give an http or https address without user, query or fragment");
    }
    if (model.isBlank()) {
      throw new InvalidInputException("embedder refused: model is blank; name the model");
    }
    String address = base.toString();
    this.endpoint = URI.create(address + (address.endsWith("/") ? "" : "/") + "embeddings");
    this.model = model;
  }

  /**
   * The key to send as bearer token. None by default.
   *
   * @throws InvalidInputException if it is blank or holds anything but visible ASCII
   */
  public HttpEmbedderBuilder apiKey(String key) {
    if (key.isEmpty() || !key.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new InvalidInputException(
          "API key refused: characters=" + key.length() + "; it must be visible ASCII, not blank");
    }
    this.apiKey = key;
    return this;
  }

  /** The dimension that every vector must have. Learnt from the first answer by default. */
  public HttpEmbedderBuilder dimension(int components) {
    this.dimension = checked("dimension", components, Limits.MAX_DIMENSION);
    return this;
  }

  /** Most texts per call, {@link #DEFAULT_BATCH_SIZE} by default. */
  public HttpEmbedderBuilder batchSize(int texts) {
    this.batchSize = checked("batchSize", texts, MAX_BATCH_SIZE);
    return this;
  }

  /** How long to wait for the whole answer to one call, a minute by default. */
  public HttpEmbedderBuilder timeout(Duration wait) {
    int millis = Math.clamp(wait.toMillis(), 0, Integer.MAX_VALUE);
    this.timeout = Duration.ofMillis(checked("timeoutMillis", millis, MAX_TIMEOUT_MILLIS));
    return this;
  }

  /** Most attempts of one call, the first included; five by default, one to never retry. */
  public HttpEmbedderBuilder attempts(int most) {
    this.retries = retries.withAttempts(checked("attempts", most, RetryPolicy.MAX_ATTEMPTS));
    return this;
  }

  /** The embedder. Opens no connection yet. */
  public HttpEmbedder build() {
    return new HttpEmbedder(this);
  }

  /** For tests: time, randomness and waiting from outside. */
  HttpEmbedderBuilder retries(RetryPolicy policy) {
    this.retries = policy;
    return this;
  }

  private static int checked(String name, int value, int max) {
    if (value < 1 || value > max) {
      throw new InvalidInputException(
          "embedder refused: " + name + "=" + value + ", max=" + max + "; give 1 to max");
    }
    return value;
  }
}
