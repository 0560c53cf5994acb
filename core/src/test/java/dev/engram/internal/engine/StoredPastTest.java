package dev.engram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.Association;
import dev.engram.Dynamics;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.MemorySpace;
import dev.engram.PastSpace;
import dev.engram.RecordId;
import dev.engram.Synapse;
import dev.engram.TestClock;
import dev.engram.spi.HashingEmbedder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredPastTest {
  @TempDir Path directory;
  private final TestClock clock = new TestClock();

  private Engram open(int dimension) {
    EngramConfig config = EngramConfig.at(directory).clock(clock);
    return Engram.open(config.embedder(new HashingEmbedder(dimension)));
  }

  @Test
  void isReadWhateverEmbedderIsThere() {
    RecordId id;
    Instant then;
    try (Engram engram = open(16)) {
      MemorySpace space = engram.space("s");
      id = space.learn("first").id();
      then = clock.instant();
      clock.pass(Duration.ofHours(1));
      assertTrue(space.update(id, "second"));
    }
    try (Engram engram = open(32);
        PastSpace past = engram.space("s").asOf(then)) {
      assertEquals("first", past.get(id).orElseThrow().text());
    }
  }

  @Test
  void nothingIsConsolidatedThere() {
    try (Engram engram = Engram.open(EngramConfig.inMemory().clock(clock))) {
      StoredSpace space = (StoredSpace) engram.space("s");
      space.dynamics(Dynamics.standard().shortTermLimit(1));
      RecordId tea = space.learn("tea").id();
      for (String other : List.of("kettle", "cup")) {
        RecordId id = space.learn(other).id();
        List<Synapse> _ = space.associate(List.of(Association.of(tea, id).withStrength(.9)));
      }
      clock.pass(Duration.ofHours(2));
      try (StoredPast past = (StoredPast) space.asOf(clock.instant())) {
        List<Synapse> before = past.neighbours(tea);
        assertEquals(
            "spaces=0, failed=0", past.store().maintenance().chores().consolidate().toString());
        assertEquals(before, past.neighbours(tea));
        assertEquals(Synapse.Tier.SHORT_TERM, before.getFirst().tier());
      }
    }
  }
}
