package dev.engram.objectstore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.engram.ExistsException;
import dev.engram.InvalidInputException;
import dev.engram.StorageException;
import dev.engram.spi.ObjectInfo;
import dev.engram.spi.ObjectStore;
import dev.engram.spi.ObjectStoreContract;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/** The contract of object stores, and what is beyond it, on a server with the interface of S3. */
class S3ObjectStoreTest extends ObjectStoreContract {
  private static final String BUCKET = "contract";
  private static final int PART = S3ObjectStoreBuilder.MIN_PART_BYTES;
  private static final AtomicInteger PREFIXES = new AtomicInteger();

  private final String prefix = "p/" + PREFIXES.incrementAndGet();

  @BeforeAll
  static void makeBucket() {
    S3Server.shared().makeBucket(BUCKET);
  }

  private static S3ObjectStoreBuilder described() {
    return S3Server.shared().store(BUCKET).partBytes(PART);
  }

  @Override
  protected ObjectStore store() {
    return described().prefix(prefix).build();
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static byte[] read(ObjectStore store, String name) throws IOException {
    try (InputStream in = store.get(name)) {
      return in.readAllBytes();
    }
  }

  @Test
  void listsMoreObjectsThanAnAnswerHolds() throws Exception {
    List<String> names =
        IntStream.range(0, 1_050).mapToObj(i -> String.format("n/%04d", i)).toList();
    try (ObjectStore store = store();
        ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<? extends Future<?>> puts =
          names.stream()
              .map(name ->
                  threads.submit(() -> store.put(name, new ByteArrayInputStream(new byte[3]), 3)))
              .toList();
      for (Future<?> put : puts) {
        Object _ = put.get();
      }
      assertEquals(names.stream().map(name -> new ObjectInfo(name, 3)).toList(), store.list("n/"));
    }
  }

  @Test
  void sendsALargeObjectInPartsAndHoldsOneOfThem() throws IOException {
    byte[] large = bytes(4 * PART + 17);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (ObjectStore store = store()) {
      store.put("warm", new ByteArrayInputStream(large), large.length);
      long before = threads.getCurrentThreadAllocatedBytes();
      store.put("large", new ByteArrayInputStream(large), large.length);
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertTrue(allocated < 2 * PART, "allocated=" + allocated);
      assertArrayEquals(large, read(store, "large"));
      assertEquals(List.of(new ObjectInfo("large", large.length)), store.list("l"));
      byte[] exactly = bytes(2 * PART);
      store.put("large", new ByteArrayInputStream(exactly), exactly.length);
      assertArrayEquals(exactly, read(store, "large"));
    }
  }

  @Test
  void createsALargeObjectOnce() throws IOException {
    byte[] large = bytes(PART + 1);
    try (ObjectStore store = store()) {
      store.create("large", new ByteArrayInputStream(large), large.length);
      assertThrows(
          ExistsException.class,
          () -> store.create("large", new ByteArrayInputStream(bytes(PART + 2)), PART + 2));
      assertArrayEquals(large, read(store, "large"));
      assertEquals(List.of(), uploads());
    }
  }

  @Test
  void losesToWhoCreatesALargeObjectMeanwhile() throws IOException {
    byte[] large = bytes(PART + 1);
    try (ObjectStore store = store()) {
      InputStream slow =
          new ByteArrayInputStream(large) {
            @Override
            public synchronized int read() {
              store.put("large", new ByteArrayInputStream(new byte[] {4}), 1);
              return super.read();
            }

            @Override
            public synchronized int read(byte[] bytes, int offset, int length) {
              return super.read(bytes, offset, length);
            }
          };
      assertThrows(ExistsException.class, () -> store.create("large", slow, large.length));
      assertArrayEquals(new byte[] {4}, read(store, "large"));
      assertEquals(List.of(), uploads());
    }
  }

  @Test
  void leavesNoPartsWhereALargePutFails() throws IOException {
    try (ObjectStore store = store()) {
      InputStream failing =
          new SequenceInputStream(
              new ByteArrayInputStream(bytes(PART + 5)),
              new InputStream() {
                @Override
                public int read() throws IOException {
                  throw new IOException("gone");
                }

                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                  throw new IOException("gone");
                }
              });
      assertThrows(StorageException.class, () -> store.put("large", failing, 3L * PART));
      for (long said : new long[] {2L * PART, PART + 9L, PART + 11L}) {
        InputStream other = new ByteArrayInputStream(bytes(PART + 10));
        assertThrows(InvalidInputException.class, () -> store.put("large", other, said));
      }
      assertThrows(
          InvalidInputException.class,
          () -> store.put("large", InputStream.nullInputStream(), Long.MAX_VALUE));
      assertThrows(
          InvalidInputException.class, () -> store.put("a", InputStream.nullInputStream(), -1));
      assertEquals(List.of(), store.list(""));
      assertEquals(List.of(), uploads());
    }
  }

  private List<String> uploads() {
    try (S3Client client = S3Server.shared().client(BUCKET)) {
      return client.listMultipartUploads(request -> request.bucket(BUCKET)).uploads().stream()
          .map(MultipartUpload::key)
          .filter(key -> key.startsWith(prefix))
          .toList();
    }
  }

  @Test
  void discardsThePartsThatAKillHasLeft() {
    try (ObjectStore store = store();
        S3Client client = S3Server.shared().client(BUCKET)) {
      for (String key : List.of(prefix + "/a", prefix + "/b/c", prefix + "x/other")) {
        String id = client.createMultipartUpload(r -> r.bucket(BUCKET).key(key)).uploadId();
        client.uploadPart(
            r -> r.bucket(BUCKET).key(key).uploadId(id).partNumber(1),
            RequestBody.fromBytes(new byte[9]));
      }
      assertEquals(3, uploads().size());
      store.discardUnfinished(Instant.EPOCH);
      assertEquals(3, uploads().size());
      store.discardUnfinished(Instant.parse("2999-01-01T00:00:00Z"));
      assertEquals(List.of(prefix + "x/other"), uploads());
    }
  }

  @Test
  void keepsToItsPrefixAndLeavesAloneWhatIsNoObjectOfIts() throws IOException {
    try (ObjectStore store = store();
        ObjectStore other = described().prefix(prefix + "x").build();
        ObjectStore all = described().build();
        S3Client client = S3Server.shared().client(BUCKET)) {
      store.put("a", new ByteArrayInputStream(new byte[] {1}), 1);
      other.put("a", new ByteArrayInputStream(new byte[] {2}), 1);
      client.putObject(
          r -> r.bucket(BUCKET).key(prefix + "/Letter"), RequestBody.fromBytes(new byte[1]));
      assertEquals(List.of(new ObjectInfo("a", 1)), store.list(""));
      assertArrayEquals(new byte[] {2}, read(all, prefix + "x/a"));
      other.delete("a");
      assertArrayEquals(new byte[] {1}, read(store, "a"));
      assertEquals(List.of(), other.list(""));
    }
  }

  @Test
  void worksWithoutChecksumsToo() throws IOException {
    byte[] large = bytes(PART + 1);
    try (ObjectStore store = described().prefix(prefix).checksums(false).build()) {
      store.put("small", new ByteArrayInputStream(new byte[] {1}), 1);
      store.put("large", new ByteArrayInputStream(large), large.length);
      assertArrayEquals(new byte[] {1}, read(store, "small"));
      assertArrayEquals(large, read(store, "large"));
    }
  }
}
