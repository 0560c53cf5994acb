package dev.engram.spi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.engram.ConflictException;
import dev.engram.ExistsException;
import dev.engram.InvalidInputException;
import dev.engram.NotFoundException;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every object store does. */
public abstract class ObjectStoreContract {
  /** An empty one. */
  protected abstract ObjectStore store();

  private static void put(ObjectStore store, String name, byte[] bytes) {
    store.put(name, new ByteArrayInputStream(bytes), bytes.length);
  }

  private static void create(ObjectStore store, String name, byte[] bytes) {
    store.create(name, new ByteArrayInputStream(bytes), bytes.length);
  }

  private static byte[] get(ObjectStore store, String name) {
    try (InputStream in = store.get(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void givesBackWhatWasPutLast() {
    try (ObjectStore store = store()) {
      byte[] large = new byte[3_000_000];
      large[2_999_999] = 7;
      put(store, "a", new byte[0]);
      put(store, "b/c-d_e.f", new byte[] {1, 2});
      put(store, "b/large", large);
      put(store, "b/c-d_e.f", new byte[] {3});
      assertArrayEquals(new byte[0], get(store, "a"));
      assertArrayEquals(new byte[] {3}, get(store, "b/c-d_e.f"));
      assertArrayEquals(large, get(store, "b/large"));
    }
  }

  @Test
  void createsAnObjectOnce() {
    try (ObjectStore store = store()) {
      create(store, "a/b", new byte[] {1});
      assertThrows(ExistsException.class, () -> create(store, "a/b", new byte[] {2}));
      assertArrayEquals(new byte[] {1}, get(store, "a/b"));
      put(store, "a/b", new byte[] {3});
      assertThrows(ExistsException.class, () -> create(store, "a/b", new byte[] {4}));
      assertArrayEquals(new byte[] {3}, get(store, "a/b"));
      store.delete("a/b");
      create(store, "a/b", new byte[] {5});
      assertArrayEquals(new byte[] {5}, get(store, "a/b"));
      ByteArrayInputStream three = new ByteArrayInputStream(new byte[3]);
      assertThrows(InvalidInputException.class, () -> store.create("c", three, 4));
      assertThrows(InvalidInputException.class, () -> create(store, "../c", new byte[1]));
      assertEquals(List.of("a/b"), names(store.list("")));
    }
  }

  @Test
  void ofManyWhoCreateAnObjectAtOnceOneSucceeds() throws Exception {
    int writers = 8;
    try (ObjectStore store = store();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < 5; round++) {
        String name = "round-" + round;
        CyclicBarrier together = new CyclicBarrier(writers);
        List<Future<Boolean>> attempts = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
          byte[] own = {(byte) i};
          attempts.add(threads.submit(() -> wins(store, name, own, together)));
        }
        List<Integer> winners = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
          if (attempts.get(i).get()) {
            winners.add(i);
          }
        }
        assertEquals(1, winners.size(), winners::toString);
        assertArrayEquals(new byte[] {winners.getFirst().byteValue()}, get(store, name));
      }
    }
  }

  private static boolean wins(ObjectStore store, String name, byte[] own, CyclicBarrier together)
      throws Exception {
    together.await();
    try {
      create(store, name, own);
      return true;
    } catch (ExistsException | ConflictException e) {
      return false;
    }
  }

  @Test
  void aStreamMayBeClosedBeforeItsEnd() throws IOException {
    try (ObjectStore store = store()) {
      byte[] large = new byte[3_000_000];
      Arrays.fill(large, (byte) 9);
      put(store, "a", large);
      for (int i = 0; i < 3; i++) {
        try (InputStream in = store.get("a")) {
          assertEquals(9, in.read());
          assertArrayEquals(Arrays.copyOf(large, 1_000), in.readNBytes(1_000));
        }
      }
      assertArrayEquals(large, get(store, "a"));
    }
  }

  @Test
  void discardsNothingThatWasPut() {
    try (ObjectStore store = store()) {
      store.discardUnfinished(Instant.EPOCH);
      put(store, "a/b", new byte[] {1});
      store.discardUnfinished(Instant.parse("2999-01-01T00:00:00Z"));
      assertArrayEquals(new byte[] {1}, get(store, "a/b"));
    }
  }

  @Test
  void listsByPrefixSortedByName() {
    try (ObjectStore store = store()) {
      assertEquals(List.of(), store.list(""));
      for (String name : List.of("b/2", "b-1", "b/10", "a", "ba")) {
        put(store, name, new byte[name.length()]);
      }
      assertEquals(List.of("a", "b-1", "b/10", "b/2", "ba"), names(store.list("")));
      assertEquals(List.of("b/10", "b/2"), names(store.list("b/")));
      assertEquals(List.of("b-1", "b/10", "b/2", "ba"), names(store.list("b")));
      assertEquals(List.of(new ObjectInfo("b/10", 4)), store.list("b/1"));
      assertEquals(List.of(), store.list("c"));
    }
  }

  private static List<String> names(List<ObjectInfo> objects) {
    return objects.stream().map(ObjectInfo::name).toList();
  }

  @Test
  void deletesWhatIsThereAndDoesNothingElse() {
    try (ObjectStore store = store()) {
      put(store, "a/b", new byte[1]);
      store.delete("a/b");
      store.delete("a/b");
      store.delete("c/d");
      assertEquals(List.of(), store.list(""));
      assertThrows(NotFoundException.class, () -> store.get("a/b"));
    }
  }

  @Test
  void keepsTheFormerObjectWhereAPutFails() {
    try (ObjectStore store = store()) {
      put(store, "a", new byte[] {1});
      InputStream failing =
          new FilterInputStream(new ByteArrayInputStream(new byte[100_000])) {
            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
              int read = super.read(buffer, offset, length);
              if (read < 0) {
                throw new IOException("gone");
              }
              return read;
            }
          };
      assertThrows(RuntimeException.class, () -> store.put("a", failing, 200_000));
      for (long length : new long[] {0, 2, 4}) {
        ByteArrayInputStream three = new ByteArrayInputStream(new byte[3]);
        assertThrows(InvalidInputException.class, () -> store.put("a", three, length));
      }
      assertArrayEquals(new byte[] {1}, get(store, "a"));
      assertEquals(List.of(new ObjectInfo("a", 1)), store.list(""));
    }
  }

  @Test
  void refusesNamesThatCouldLeadElsewhere() {
    try (ObjectStore store = store()) {
      for (String name :
          List.of(
              "",
              "/",
              "/a",
              "a/",
              "a//b",
              ".",
              "..",
              "../a",
              "a/../b",
              "a/..b",
              "a/.b",
              "a.",
              "a..b",
              "A",
              "a b",
              "a\\b",
              "é",
              "a\u0000",
              "a".repeat(ObjectStore.MAX_NAME + 1))) {
        assertThrows(InvalidInputException.class, () -> put(store, name, new byte[1]), name);
        assertThrows(InvalidInputException.class, () -> store.get(name), name);
        assertThrows(InvalidInputException.class, () -> store.delete(name), name);
      }
      String longest = "a/".repeat(ObjectStore.MAX_NAME / 2 - 1) + "aa";
      put(store, longest, new byte[] {5});
      assertArrayEquals(new byte[] {5}, get(store, longest));
      assertEquals(List.of(longest), names(store.list("a/a")));
    }
  }
}
