package dev.engram.objectstore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CancelledException;
import dev.engram.ConflictException;
import dev.engram.CorruptStoreException;
import dev.engram.DeniedException;
import dev.engram.EngramException;
import dev.engram.NotFoundException;
import dev.engram.UnavailableException;
import dev.engram.objectstore.SpoilingProxy.Fault;
import dev.engram.spi.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a caller is told when the service refuses, is away, or loses and alters what is sent. */
class S3FailureTest {
  private static final String BUCKET = "failures";
  private static final int PART = S3ObjectStoreBuilder.MIN_PART_BYTES;
  private static final Duration BRIEF = Duration.ofMillis(5);

  private SpoilingProxy proxy;

  @BeforeAll
  static void makeBucket() {
    S3Server.shared().makeBucket(BUCKET);
  }

  @BeforeEach
  void open() throws IOException {
    proxy = new SpoilingProxy(S3Server.shared().endpoint());
  }

  @AfterEach
  void close() throws IOException {
    proxy.close();
  }

  /** A store behind the proxy. */
  private S3ObjectStoreBuilder spoiled() {
    return S3Server.shared()
        .store(BUCKET)
        .endpoint(proxy.endpoint())
        .partBytes(PART)
        .firstDelay(BRIEF);
  }

  private static void put(ObjectStore store, String name, byte... bytes) {
    store.put(name, new ByteArrayInputStream(bytes), bytes.length);
  }

  private static byte[] get(ObjectStore store, String name) {
    try (InputStream in = store.get(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static final List<Consumer<ObjectStore>> CALLS =
      List.of(
          store -> put(store, "a", (byte) 1),
          store -> store.create("b", new ByteArrayInputStream(new byte[1]), 1),
          store -> store.put("large", new ByteArrayInputStream(new byte[PART + 1]), PART + 1),
          store -> get(store, "a"),
          store -> store.list(""),
          store -> store.delete("a"));

  private static <E extends EngramException> void allThrow(
      Class<E> type, String inMessage, S3ObjectStoreBuilder described) {
    try (ObjectStore store = described.build()) {
      for (Consumer<ObjectStore> call : CALLS) {
        E thrown = assertThrows(type, () -> call.accept(store));
        assertTrue(String.valueOf(thrown.getMessage()).contains(inMessage), thrown::toString);
        StringWriter whole = new StringWriter();
        thrown.printStackTrace(new PrintWriter(whole));
        assertFalse((whole + store.toString()).contains(S3Server.SECRET_KEY), whole::toString);
      }
    }
  }

  @Test
  void wrongKeysAreDenied() {
    S3ObjectStoreBuilder described = S3Server.shared().store(BUCKET);
    allThrow(DeniedException.class, "check the keys", described.keys(S3Server.ACCESS_KEY, "other"));
    allThrow(DeniedException.class, "check the keys", described.keys("unheard-of", "other"));
    try (ObjectStore store = described.build()) {
      store.discardUnfinished(Instant.EPOCH);
    }
  }

  @Test
  void aBucketThatIsNotThereIsNotFound() {
    allThrow(
        NotFoundException.class,
        "bucket=no-such-bucket",
        S3Server.shared().store("no-such-bucket"));
  }

  @Test
  void aServiceThatIsAwayIsUnavailableSoon() throws IOException {
    int unused;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      unused = socket.getLocalPort();
    }
    long before = System.nanoTime();
    allThrow(
        UnavailableException.class,
        "cannot be reached",
        spoiled().endpoint(URI.create("http://127.0.0.1:" + unused)));
    assertTrue(System.nanoTime() - before < 20_000_000_000L);
  }

  @Test
  void aServiceThatIsSilentIsUnavailableAfterTheTimeout() {
    proxy.spoilFrom(Fault.SILENT, 1);
    long before = System.nanoTime();
    allThrow(
        UnavailableException.class,
        "cannot be reached",
        spoiled().attempts(2).timeout(Duration.ofMillis(150)));
    assertTrue(System.nanoTime() - before < 20_000_000_000L);
  }

  @Test
  void withoutKeysNothingIsAsked() {
    S3ObjectStoreBuilder described =
        S3ObjectStore.in(BUCKET).endpoint(S3Server.shared().endpoint()).region("us-east-1");
    String before = System.getProperty("aws.disableEc2Metadata", "false");
    System.setProperty("aws.disableEc2Metadata", "true");
    try (ObjectStore store = described.build()) {
      DeniedException denied = assertThrows(DeniedException.class, () -> store.list(""));
      assertTrue(String.valueOf(denied.getMessage()).contains("AWS_PROFILE"), denied::toString);
    } finally {
      System.setProperty("aws.disableEc2Metadata", before);
    }
  }

  @Test
  void whatIsAlteredOnItsWayThereIsRefused() {
    try (ObjectStore store = spoiled().prefix("altered").build()) {
      put(store, "a", (byte) 1);
      proxy.spoilFrom(Fault.ALTERED_REQUEST, 1);
      EngramException small =
          assertThrows(EngramException.class, () -> put(store, "a", (byte) 2, (byte) 3));
      assertTrue(
          small instanceof CorruptStoreException || small instanceof DeniedException,
          small::toString);
      proxy.mend();
      assertArrayEquals(new byte[] {1}, get(store, "a"));
    }
  }

  @Test
  void whatIsAlteredOnItsWayBackIsFoundWhereTheServiceHasAChecksum() {
    try (ObjectStore store = spoiled().prefix("back").build()) {
      put(store, "a", (byte) 1, (byte) 2, (byte) 3);
      proxy.spoilFrom(Fault.ALTERED_ANSWER, 1);
      assertThrows(CorruptStoreException.class, () -> get(store, "a"));
    }
  }

  @Test
  void anObjectThatIsReplacedWhileItIsReadIsNotPatchedUp() throws IOException {
    byte[] first = new byte[PART];
    try (ObjectStore store = spoiled().prefix("replaced").build()) {
      put(store, "a", first);
      proxy.spoilOne(Fault.HALF_ANSWERED, 1);
      try (InputStream in = store.get("a")) {
        assertEquals(1_000, in.readNBytes(1_000).length);
        byte[] second = new byte[PART];
        Arrays.fill(second, (byte) 1);
        put(store, "a", second);
        assertThrows(ConflictException.class, in::readAllBytes);
      }
    }
  }

  @Test
  void anInterruptCancels() {
    try (ObjectStore store = spoiled().prefix("interrupted").build()) {
      Thread.currentThread().interrupt();
      assertThrows(CancelledException.class, () -> put(store, "a", (byte) 1));
      assertTrue(Thread.interrupted());
      assertEquals(List.of(), store.list(""));
    }
  }

  /**
   * Every request of a series is spoiled once, in every way: it is repeated, and all is as wanted.
   */
  @Test
  void aRequestThatIsLostOnceIsRepeated() {
    byte[] large = new byte[PART + 1];
    Arrays.fill(large, (byte) 7);
    for (Fault fault :
        List.of(Fault.UNHEARD, Fault.HALF_SENT, Fault.UNANSWERED, Fault.HALF_ANSWERED)) {
      int spoiled = 0;
      for (int n = 1; spoiled == n - 1; n++) {
        String prefix = fault.name().toLowerCase(Locale.ROOT) + "/" + n;
        try (ObjectStore store = spoiled().prefix(prefix).build()) {
          proxy.spoilOne(fault, n);
          int before = proxy.requests();
          series(store, fault == Fault.UNHEARD ? new byte[] {7} : large);
          if (proxy.requests() - before >= n) {
            spoiled++;
          }
        }
        proxy.mend();
      }
      assertTrue(spoiled >= 10, fault + " hit " + spoiled + " requests");
    }
  }

  private static void series(ObjectStore store, byte[] large) {
    put(store, "small", (byte) 1);
    store.create("made", new ByteArrayInputStream(new byte[] {2}), 1);
    store.create("large", new ByteArrayInputStream(large), large.length);
    assertArrayEquals(new byte[] {1}, get(store, "small"));
    assertArrayEquals(large, get(store, "large"));
    assertEquals(3, store.list("").size());
    store.delete("small");
    assertThrows(NotFoundException.class, () -> store.get("small"));
    assertArrayEquals(new byte[] {2}, get(store, "made"));
  }

  @Test
  void aConnectionThatIsLostAgainAndAgainIsGivenUp() {
    try (ObjectStore store = spoiled().attempts(3).prefix("again").build()) {
      put(store, "a", new byte[1_000_000]);
      int before = proxy.requests();
      proxy.spoilOne(Fault.HALF_ANSWERED, 1);
      try (InputStream in = store.get("a")) {
        proxy.spoilFrom(Fault.UNHEARD, 1);
        assertThrows(UnavailableException.class, in::readAllBytes);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      assertTrue(proxy.requests() - before < 20, "requests=" + (proxy.requests() - before));
    }
  }
}
