package dev.engram.embeddings;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An OpenAI-compatible embedding service on loopback that can be told to misbehave: each call takes
 * the next planned behaviour, and answers properly when none is left. Thread-safe.
 */
final class EmbeddingService implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Queue<Behaviour> planned = new ConcurrentLinkedQueue<>();
  private final List<String> authorizations = Collections.synchronizedList(new ArrayList<>());
  private final List<String> models = Collections.synchronizedList(new ArrayList<>());
  private final List<Integer> batchSizes = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch called = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean shuffled;

  EmbeddingService() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/v1/embeddings", this::handle);
    server.start();
  }

  private interface Behaviour {
    void answer(HttpExchange exchange) throws IOException;
  }

  /** What the service answers for a text. */
  static float[] vectorOf(String text) {
    return new float[] {text.length(), text.hashCode() % 1000, 0.5f};
  }

  URI base() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
  }

  EmbeddingService fail(int status, @Nullable String retryAfter) {
    planned.add(exchange -> {
      if (retryAfter != null) {
        exchange.getResponseHeaders().set("Retry-After", retryAfter);
      }
      exchange.sendResponseHeaders(status, -1);
    });
    return this;
  }

  EmbeddingService answer(String body) {
    planned.add(exchange -> send(exchange, body.getBytes(StandardCharsets.UTF_8)));
    return this;
  }

  /** Answers nothing until the service closes. */
  EmbeddingService hang() {
    planned.add(exchange -> {
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    return this;
  }

  /** Promises more bytes than it sends. */
  EmbeddingService half() {
    planned.add(exchange -> {
      exchange.sendResponseHeaders(200, 1_000);
      exchange.getResponseBody().write("{\"data\": [".getBytes(StandardCharsets.UTF_8));
      exchange.getResponseBody().flush();
    });
    return this;
  }

  /** Closes the connection instead of answering. */
  EmbeddingService drop() {
    planned.add(exchange -> {});
    return this;
  }

  void shuffle() {
    shuffled = true;
  }

  int calls() {
    return batchSizes.size();
  }

  List<String> authorizations() {
    return List.copyOf(authorizations);
  }

  List<String> models() {
    return List.copyOf(models);
  }

  List<Integer> batchSizes() {
    return List.copyOf(batchSizes);
  }

  void awaitCall() throws InterruptedException {
    called.await();
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    JsonNode request = JSON.readTree(exchange.getRequestBody().readAllBytes());
    authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
    models.add(request.path("model").asString());
    batchSizes.add(request.path("input").size());
    called.countDown();
    try (exchange) {
      Behaviour behaviour = planned.poll();
      if (behaviour == null) {
        send(exchange, response(request));
      } else {
        behaviour.answer(exchange);
      }
    }
  }

  private byte[] response(JsonNode request) {
    ObjectNode response = JSON.createObjectNode();
    ArrayNode data = response.putArray("data");
    int count = request.path("input").size();
    for (int i = 0; i < count; i++) {
      int index = shuffled ? count - 1 - i : i;
      ArrayNode numbers = data.addObject().put("index", index).putArray("embedding");
      for (float number : vectorOf(request.path("input").get(index).asString())) {
        numbers.add(number);
      }
    }
    return JSON.writeValueAsBytes(response);
  }

  private static void send(HttpExchange exchange, byte[] body) throws IOException {
    exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }
}
