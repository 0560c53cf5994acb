package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.spi.HashingEmbedder;
import dev.engram.testing.ChildJvm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plants what a user may keep secret, and looks for it in every file. */
class PlaintextTest {
  private static final String SPACE = "planted-space";
  private static final String DOCS = "planted-docs";
  private static final List<String> WORDS =
      List.of(
          SPACE,
          DOCS,
          "gunpowder",
          "zanzibar",
          "planted-key",
          "planted-value",
          "planted-id",
          "planted-user",
          "planted-relation",
          "planted-source",
          "planted-author",
          "planted-token");
  private static final float[] VECTOR = {.1234567f, -.7654321f, .3141592f, .2718281f};
  private static final HashingEmbedder EMBEDDER = new HashingEmbedder(64);
  private static final String LONE_TEXT = "from zanzibar 0";
  private static final Metadata METADATA =
      Metadata.of("planted-key", "planted-value", Scope.USER, "planted-user");

  @TempDir Path directory;

  /** Fills a store and its backups, and dies in the middle of it. */
  static final class Filler {
    public static void main(String[] arguments) {
      EngramConfig config =
          EngramConfig.at(Path.of(arguments[0])).compression(Compression.NONE).embedder(EMBEDDER);
      fill(arguments[1].equals("plain") ? config : config.encryption(new SecretKeys(1)));
      Runtime.getRuntime().halt(137);
    }
  }

  private static void fill(EngramConfig config) {
    Path store = config.path().orElseThrow();
    try (Engram engram = Engram.open(config)) {
      plant(engram, 0);
      engram.checkpoint();
      engram.snapshots().create("first");
      Path target = store.resolveSibling("backups");
      engram.backups().to(target).create();
      plant(engram, 3);
      BackupInfo _ =
          engram
              .backups()
              .to(target)
              .create(BackupKind.INCREMENTAL, Metadata.empty(), Progress.NONE);
      engram.archive().to(store.resolveSibling("archived")).ship();
    }
    Engram engram = Engram.open(config);
    engram.encryption().ifPresent(each -> assertEquals(2, each.rotate()));
    plant(engram, 1);
    MemorySpace space = engram.space(SPACE);
    assertTrue(space.forget(space.recall("zanzibar").getFirst().memory().id()));
    engram.checkpoint();
    plant(engram, 2);
  }

  private static void plant(Engram engram, int round) {
    MemorySpace space = engram.space(SPACE);
    List<Memory> _ =
        space.learn(
            IntStream.range(0, 300)
                .mapToObj(i -> Learning.of("gunpowder tea " + round + "/" + i))
                .map(each -> each.withMetadata(METADATA))
                .toList());
    Memory from =
        space.learn(
            Learning.of("from zanzibar " + round).from(new Provenance("planted-source", "page 1")));
    CommitOptions options =
        CommitOptions.NONE.author("planted-author").idempotencyKey("planted-token" + round);
    CommitId _ =
        engram.write(
            options,
            tx -> {
              Memory to = tx.space(SPACE).learn("to zanzibar " + round, METADATA);
              Synapse _ = tx.space(SPACE).associate(from.id(), to.id(), "planted-relation");
            });
    CollectionConfig config = CollectionConfig.ofDimension(VECTOR.length).metric(Metric.EUCLIDEAN);
    VectorCollection docs = engram.collection(DOCS, config);
    docs.upsert(
        IntStream.range(0, 300).mapToObj(i -> document("planted-id" + round + "/" + i)).toList());
    Search near = Search.nearest(VECTOR).where(Filter.eq("planted-key", "planted-value"));
    assertEquals(10, docs.search(near.limit(10)).size());
    assertEquals(10, space.recall(Recall.about("gunpowder").limit(10)).size());
  }

  private static VectorRecord document(String id) {
    return VectorRecord.of(id, VECTOR).withText("gunpowder").withMetadata(METADATA);
  }

  /** The names of what is found in any file below the directory. */
  private Set<String> found() throws IOException {
    Set<String> found = new TreeSet<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        needles()
            .forEach((name, needle) -> {
              if (bytes.contains(new String(needle, StandardCharsets.ISO_8859_1))) {
                found.add(name + " in " + directory.relativize(file));
              }
            });
      }
    }
    return found;
  }

  /** None is so short that it would be found by chance. */
  private static Map<String, byte[]> needles() {
    Map<String, byte[]> needles = new TreeMap<>();
    WORDS.forEach(word -> {
      needles.put(word, word.getBytes(StandardCharsets.UTF_8));
      needles.put("wide " + word, word.getBytes(StandardCharsets.UTF_16LE));
    });
    float[] embedded = EMBEDDER.embed(List.of(LONE_TEXT)).getFirst();
    for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
      for (int i = 0; i < VECTOR.length; i += 2) {
        needles.put(order + " vector " + i, pair(VECTOR, i, order));
        needles.put(order + " embedded " + i, pair(embedded, i, order));
      }
    }
    return needles;
  }

  private static byte[] pair(float[] vector, int first, ByteOrder order) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * Float.BYTES).order(order);
    return bytes.putFloat(vector[first]).putFloat(vector[first + 1]).array();
  }

  private void fillAndKill(String how) {
    List<String> arguments = List.of(directory.resolve("store").toString(), how);
    try (ChildJvm child = ChildJvm.start(Filler.class, arguments, Map.of())) {
      assertEquals(137, child.waitFor(Duration.ofMinutes(2)), child::errors);
    }
  }

  @Test
  void nothingReadableOfAnEncryptedStoreReachesTheDisk() throws IOException {
    fillAndKill("encrypted");
    assertEquals(Set.of(), found());
    EngramConfig config =
        EngramConfig.at(directory.resolve("store"))
            .embedder(EMBEDDER)
            .encryption(new SecretKeys(1));
    try (Engram engram = Engram.open(config)) {
      assertTrue(engram.space(SPACE).count() > 900);
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
    assertEquals(Set.of(), found());
    CommitId _ = Engram.restoreSnapshot(config, "first", directory.resolve("again"));
    CommitId _ =
        Engram.restore(
            directory.resolve("backups"),
            Backups.LATEST,
            EngramConfig.at(directory.resolve("restored")).encryption(new SecretKeys(1)),
            Progress.NONE);
    Path archived = directory.resolve("archived");
    CommitId _ =
        Engram.recover(
            archived,
            RecoveryPoint.latest(),
            EngramConfig.at(directory.resolve("recovered")).encryption(new SecretKeys(1)),
            Progress.NONE);
    EngramConfig second =
        EngramConfig.at(directory.resolve("follower")).encryption(new SecretKeys(1));
    try (Follower follower = Engram.follow(second, Following.from(archived))) {
      assertTrue(follower.catchUp().lsn() > 0);
    }
    assertEquals(Set.of(), found());
  }

  /** The control: whoever looks for it does find it. */
  @Test
  void everythingIsReadableInAStoreThatIsNotEncrypted() throws IOException {
    fillAndKill("plain");
    Set<String> found = found();
    for (String word : WORDS) {
      assertTrue(found.stream().anyMatch(each -> each.startsWith(word)), word);
    }
    for (String floats : List.of("LITTLE_ENDIAN vector 2", "LITTLE_ENDIAN embedded 0")) {
      assertTrue(found.stream().anyMatch(each -> each.startsWith(floats)), found::toString);
    }
    for (String place : List.of("backups", "archived")) {
      assertTrue(found.stream().anyMatch(each -> each.contains(place)), found::toString);
    }
  }
}
