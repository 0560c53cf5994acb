package dev.engram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Followers from the command line. */
class FollowCommandsTest {
  @TempDir Path folder;

  private Run run(String... args) {
    return Run.on(folder.resolve("brain"), args);
  }

  private Run follower(String... args) {
    return Run.on(folder.resolve("follower"), args);
  }

  private String target() {
    return folder.resolve("backups").toString();
  }

  private void learn(String text) {
    run("learn", text, "--embedder", "none").ok();
    run("archive", "ship", target()).ok();
  }

  private String recalled(String question) {
    return follower("recall", question, "--embedder", "none").ok().out();
  }

  @Test
  void followsAndIsReadAndRefusesWritesUntilItIsPromoted() {
    learn("green tea");
    assertTrue(follower("follow", target(), "--once").ok().err().contains(", 0 commits behind"));
    assertTrue(recalled("tea").contains("green tea"));
    Run refused = follower("learn", "water", "--embedder", "none").expect(ExitCode.ERROR);
    assertTrue(refused.err().contains("follower") && refused.err().contains("(read-only)"));
    learn("water");
    JsonNode lag = follower("follow", target(), "--once", "--json").ok().json().getFirst();
    assertEquals(lag.get("known").asLong(), lag.get("applied").asLong());
    assertEquals("", lag.get("failure").asString());
    assertTrue(lag.get("behindMillis").asLong() >= 0, lag.toString());
    assertTrue(recalled("water").contains("water"));
    assertTrue(follower("stats").ok().out().contains("follower"));
    assertEquals(
        lag.get("applied").asLong(),
        follower("stats", "--json").ok().json().getFirst().get("follower").get("applied").asLong());
    assertFalse(run("stats").ok().out().contains("follower"));
    learn("coffee");
    JsonNode promoted = follower("promote", target(), "--json").ok().json().getFirst();
    assertTrue(promoted.get("lastCommit").asString().startsWith("2/"), promoted.toString());
    follower("learn", "milk", "--embedder", "none").ok();
    assertTrue(recalled("coffee").contains("coffee"));
    follower("follow", target(), "--once").expect(ExitCode.CONFLICT);
    follower("promote").expect(ExitCode.NOT_FOUND);
  }

  @Test
  void promotesWhereTheArchiveIsGone() {
    learn("green tea");
    follower("follow", target(), "--once").ok();
    follower("promote", target() + "-mistyped").expect(ExitCode.NOT_FOUND);
    follower("promote").ok();
    follower("learn", "milk", "--embedder", "none").ok();
  }

  @Test
  void staysAndTellsWhatComesUntilItIsInterrupted() throws InterruptedException {
    learn("green tea");
    AtomicReference<Run> ended = new AtomicReference<>(new Run(-1, "", ""));
    Thread staying =
        Thread.ofPlatform()
            .start(() -> ended.set(follower("follow", target(), "--interval", "100ms", "--json")));
    LockSupport.parkNanos(3_000_000_000L);
    learn("water");
    LockSupport.parkNanos(3_000_000_000L);
    staying.interrupt();
    staying.join();
    assertEquals(ExitCode.OK, ended.get().code(), ended.get().err());
    assertTrue(ended.get().lines().size() >= 2, ended.get().out());
    assertTrue(recalled("water").contains("water"));
  }

  @Test
  void endsWhereWhatItFollowsWentAnotherWay() throws InterruptedException {
    learn("green tea");
    run("snapshot", "create", "one").ok();
    learn("water");
    AtomicReference<Run> ended = new AtomicReference<>(new Run(-1, "", ""));
    Thread staying =
        Thread.ofPlatform()
            .start(() -> ended.set(follower("follow", target(), "--interval", "1s")));
    LockSupport.parkNanos(3_000_000_000L);
    run("snapshot", "restore", "one").ok();
    learn("coffee");
    staying.join(Duration.ofMinutes(1));
    staying.interrupt();
    staying.join();
    assertEquals(ExitCode.ERROR, ended.get().code(), ended.get().err());
    assertTrue(ended.get().err().contains("diverged"), ended.get().err());
    assertTrue(recalled("water").contains("water"));
  }

  @Test
  void refusesWhatCannotBeFollowed() {
    follower("follow", target(), "--once").expect(ExitCode.NOT_FOUND);
    learn("green tea");
    run("follow", target(), "--once").expect(ExitCode.CONFLICT);
    follower("follow", target(), "--interval", "1ms").expect(ExitCode.ERROR);
    follower("follow").expect(ExitCode.USAGE);
    follower("promote").expect(ExitCode.NOT_FOUND);
  }
}
