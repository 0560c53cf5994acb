package dev.engram.embeddings;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CancelledException;
import dev.engram.ClosedException;
import dev.engram.EngramException;
import dev.engram.InvalidInputException;
import dev.engram.MismatchException;
import dev.engram.UnavailableException;
import dev.engram.spi.Embedder;
import dev.engram.spi.EmbedderIdentity;
import dev.engram.spi.EmbedderProvider;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpEmbedderTest {
  private static final String KEY = "sk-very-secret";

  private final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());
  private EmbeddingService service;

  @BeforeEach
  void startService() throws IOException {
    service = new EmbeddingService();
  }

  @AfterEach
  void stopService() {
    service.close();
  }

  @Test
  void embedsTextsInOrderAndSendsModelAndKey() {
    try (HttpEmbedder embedder = embedder().build()) {
      List<float[]> vectors = embedder.embed(List.of("a", "bcd"));
      assertArrayEquals(EmbeddingService.vectorOf("a"), vectors.get(0));
      assertArrayEquals(EmbeddingService.vectorOf("bcd"), vectors.get(1));
      assertArrayEquals(EmbeddingService.vectorOf("ef"), embedder.embedQuery("ef"));
    }
    assertEquals(List.of("Bearer " + KEY, "Bearer " + KEY), service.authorizations());
    assertEquals(List.of("test-model", "test-model"), service.models());
  }

  @Test
  void splitsTextsIntoBatches() {
    List<String> texts = IntStream.range(0, 7).mapToObj("x"::repeat).map(x -> x + "y").toList();
    try (HttpEmbedder embedder = embedder().batchSize(3).build()) {
      List<float[]> vectors = embedder.embed(texts);
      for (int i = 0; i < texts.size(); i++) {
        assertArrayEquals(EmbeddingService.vectorOf(texts.get(i)), vectors.get(i));
      }
    }
    assertEquals(List.of(3, 3, 1), service.batchSizes());
  }

  @Test
  void noTextsNeedNoCall() {
    try (HttpEmbedder embedder = embedder().build()) {
      assertEquals(List.of(), embedder.embed(List.of()));
    }
    assertEquals(0, service.calls());
  }

  @Test
  void putsShuffledVectorsBackInOrder() {
    service.shuffle();
    try (HttpEmbedder embedder = embedder().build()) {
      List<float[]> vectors = embedder.embed(List.of("a", "bb", "ccc"));
      assertArrayEquals(EmbeddingService.vectorOf("a"), vectors.get(0));
      assertArrayEquals(EmbeddingService.vectorOf("ccc"), vectors.get(2));
    }
  }

  @Test
  void learnsItsDimensionWithOneProbe() {
    try (HttpEmbedder embedder = embedder().build()) {
      EmbedderIdentity identity = embedder.identity();
      assertEquals(new EmbedderIdentity("http", "test-model", 3, false), identity);
      assertEquals(identity, embedder.identity());
    }
    assertEquals(1, service.calls());
  }

  @Test
  void knowsAGivenDimensionWithoutAsking() {
    try (HttpEmbedder embedder = embedder().dimension(768).build()) {
      assertEquals(768, embedder.identity().dimension());
    }
    assertEquals(0, service.calls());
  }

  @Test
  void waitsAsAskedAfterTooManyRequestsAndThenSucceeds() {
    service.fail(429, "3").fail(503, null);
    try (HttpEmbedder embedder = embedder().build()) {
      assertEquals(1, embedder.embed(List.of("a")).size());
    }
    assertEquals(3, service.calls());
    assertEquals(Duration.ofSeconds(3), pauses.getFirst());
    assertEquals(2, pauses.size());
  }

  @Test
  void givesUpAfterItsAttemptsWhenTheServiceKeepsFailing() {
    for (int i = 0; i < 10; i++) {
      service.fail(500, null);
    }
    assertFails(UnavailableException.class, embedder().attempts(4), "status=500", "attempts=4");
    assertEquals(4, service.calls());
    assertEquals(3, pauses.size());
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 413, 422})
  void refusedTextsAreInvalidInputAndNotRetried(int status) {
    service.fail(status, null);
    assertFails(InvalidInputException.class, embedder(), "status=" + status, "attempts=1");
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 401, 403, 404, 204})
  void otherAnswersFailAtOnce(int status) {
    service.fail(status, null);
    assertFails(UnavailableException.class, embedder(), "status=" + status, "attempts=1");
    assertEquals(1, service.calls());
  }

  @Test
  void retriesAfterATimeout() {
    service.hang();
    try (HttpEmbedder embedder = embedder().timeout(Duration.ofMillis(300)).build()) {
      assertEquals(1, embedder.embed(List.of("a")).size());
    }
    assertEquals(1, pauses.size());
  }

  @Test
  void failsWhenEveryAttemptTimesOut() {
    service.hang().hang();
    HttpEmbedderBuilder builder = embedder().attempts(2).timeout(Duration.ofMillis(100));
    assertFails(UnavailableException.class, builder, "error=TimeoutException", "attempts=2");
  }

  @Test
  void retriesAfterHalfAResponseAndAClosedConnection() {
    service.half().drop();
    try (HttpEmbedder embedder = embedder().build()) {
      assertEquals(1, embedder.embed(List.of("a")).size());
    }
    assertEquals(2, pauses.size());
  }

  @Test
  void nobodyListeningIsUnavailable() {
    service.close();
    assertFails(UnavailableException.class, embedder().attempts(2), "error=ConnectException");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>private words</html>",
        "null",
        "{\"data\": 7}",
        "{\"data\": []}",
        "{\"data\": [{\"index\": 5, \"embedding\": [1, 2, 3]}]}",
        "{\"data\": [{\"index\": 0}]}",
        "{\"data\": [{\"index\": 0, \"embedding\": []}]}",
        "{\"data\": [{\"index\": 0, \"embedding\": [1, \"private words\", 3]}]}",
        "{\"data\": [{\"index\": 0, \"embedding\": [1, 1e300, 3]}]}",
        "{\"data\": [{\"index\": 0, \"embedding\": [1, 2, 3]}",
      })
  void anAnswerThatIsNotOneVectorPerTextIsUnusable(String body) {
    service.answer(body);
    assertFails(UnavailableException.class, embedder(), "no usable answer");
  }

  @Test
  void twoVectorsForOneIndexAreUnusable() {
    service.answer(
        "{\"data\": [{\"index\": 0, \"embedding\": [1]}, {\"index\": 0, \"embedding\": [1]}]}");
    try (HttpEmbedder embedder = embedder().build()) {
      assertThrows(UnavailableException.class, () -> embedder.embed(List.of("a", "b")));
    }
  }

  @Test
  void anotherDimensionIsAMismatch() {
    assertFails(MismatchException.class, embedder().dimension(4), "dimension=3", "expected=4");
    service.answer("{\"data\": [{\"embedding\": [1, 2, 3]}]}");
    service.answer("{\"data\": [{\"embedding\": [1, 2]}]}");
    try (HttpEmbedder embedder = embedder().build()) {
      assertEquals(3, embedder.embedQuery("a").length);
      assertThrows(MismatchException.class, () -> embedder.embedQuery("b"));
    }
  }

  @Test
  void anInterruptCancelsTheCall() throws InterruptedException {
    service.hang();
    CountDownLatch cancelled = new CountDownLatch(1);
    try (HttpEmbedder embedder = embedder().build()) {
      Thread caller =
          Thread.ofVirtual()
              .start(() -> {
                assertThrows(CancelledException.class, () -> embedder.embedQuery("a"));
                assertTrue(Thread.currentThread().isInterrupted());
                cancelled.countDown();
              });
      service.awaitCall();
      caller.interrupt();
      caller.join();
    }
    assertEquals(0, cancelled.getCount());
  }

  @Test
  void aClosedEmbedderRefusesTexts() {
    HttpEmbedder embedder = embedder().build();
    embedder.close();
    embedder.close();
    assertThrows(ClosedException.class, () -> embedder.embed(List.of("a")));
  }

  @Test
  void neverShowsItsKey() {
    try (HttpEmbedder embedder = embedder().build()) {
      assertFalse(embedder.toString().contains(KEY), embedder.toString());
      assertTrue(embedder.toString().contains("test-model"), embedder.toString());
    }
    String message =
        assertThrows(InvalidInputException.class, () -> embedder().apiKey(KEY + "\n")).getMessage();
    assertFalse(message.contains(KEY), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://x/v1", "http://user:word@x/v1", "http://x/v1?key=1", "/v1"})
  void addressesThatCannotBeCalledOrHoldSecretsAreRefused(String address) {
    InvalidInputException refused =
        assertThrows(
            InvalidInputException.class,
            () -> HttpEmbedder.builder(URI.create(address), "test-model"));
    assertFalse(refused.getMessage().contains("word"), refused.getMessage());
  }

  @Test
  void settingsOutsideTheirLimitsAreRefused() {
    assertThrows(InvalidInputException.class, () -> embedder().batchSize(0));
    assertThrows(
        InvalidInputException.class,
        () -> embedder().batchSize(HttpEmbedderBuilder.MAX_BATCH_SIZE + 1));
    assertThrows(InvalidInputException.class, () -> embedder().timeout(Duration.ZERO));
    assertThrows(InvalidInputException.class, () -> embedder().attempts(0));
    assertThrows(InvalidInputException.class, () -> embedder().dimension(-1));
    assertThrows(InvalidInputException.class, () -> HttpEmbedder.builder(service.base(), " "));
  }

  @Test
  void isFoundByNameWithModelAndAddress() {
    try (Embedder embedder = EmbedderProvider.load("http:test-model@" + service.base())) {
      assertInstanceOf(HttpEmbedder.class, embedder);
      assertEquals(3, embedder.identity().dimension());
    }
    assertThrows(InvalidInputException.class, () -> EmbedderProvider.load("http:test-model"));
    assertThrows(InvalidInputException.class, () -> EmbedderProvider.load("http:m@http://[x"));
  }

  private HttpEmbedderBuilder embedder() {
    return HttpEmbedder.builder(service.base(), "test-model")
        .apiKey(KEY)
        .retries(
            new RetryPolicy(
                RetryPolicy.DEFAULT_ATTEMPTS, InstantSource.system(), new Random(1), pauses::add));
  }

  private static void assertFails(
      Class<? extends EngramException> type, HttpEmbedderBuilder builder, String... parts) {
    try (HttpEmbedder embedder = builder.build()) {
      EngramException failure = assertThrows(type, () -> embedder.embed(List.of("private words")));
      for (String part : parts) {
        assertTrue(failure.getMessage().contains(part), failure.getMessage());
      }
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        String shown = String.valueOf(cause.getMessage());
        assertFalse(shown.contains("private words") || shown.contains(KEY), shown);
      }
    }
  }
}
