package dev.engram.spi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.engram.InvalidInputException;
import dev.engram.NotFoundException;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every object store does. */
public abstract class ObjectStoreContract {
  /** An empty one. */
  protected abstract ObjectStore store();

  private static void put(ObjectStore store, String name, byte[] bytes) {
    store.put(name, new ByteArrayInputStream(bytes), bytes.length);
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
