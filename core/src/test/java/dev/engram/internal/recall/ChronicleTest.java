package dev.engram.internal.recall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.internal.recall.Chronicle.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class ChronicleTest {
  private final Chronicle chronicle = new Chronicle(Cues.in("english"));

  @Test
  void linksTheMemoriesOfEachSession() {
    say(0, 0, "monday", "Ida");
    say(1, 1, "tuesday", "Ida");
    say(2, 2, "monday", "Otto");
    say(3, 3, null, null);
    say(4, 4, "monday", "Ida");

    assertEquals(List.of(0, 2, 4), chain(0));
    assertEquals(List.of(1), chain(1));
    assertEquals(List.of(3), chain(3));
    assertEquals(Chronicle.NONE, chronicle.session(3));
    assertEquals(2, chronicle.sessionCount());
    assertEquals(4, chronicle.inSessions());
    assertEquals(2, chronicle.speakers().count());
  }

  @Test
  void skipsWhatIsForgottenAndPutsBackWhatComesLate() {
    for (int node = 0; node < 4; node++) {
      say(node, node, "monday", "Ida");
    }
    chronicle.remove(1);
    chronicle.remove(3);

    assertEquals(List.of(0, 2), chain(0));
    assertEquals(Chronicle.NONE, chronicle.nodeAt(1));
    say(9, 1, "monday", "Otto");
    assertEquals(List.of(0, 1, 2), chain(0));
    assertEquals(1, chronicle.nodeAt(9));
    say(10, 2, "monday", "Otto");
    chronicle.remove(2);
    assertEquals(List.of(0, 1, 2), chain(0));
    assertEquals(3, chronicle.size());
  }

  @Test
  void movesAMemoryToAnotherSession() {
    say(0, 0, "monday", "Ida");
    say(1, 1, "monday", "Ida");
    say(1, 1, "tuesday", "Otto");

    assertEquals(List.of(0), chain(0));
    assertEquals(List.of(1), chain(1));
    assertEquals(1, chronicle.sessionSize(chronicle.session(0)));
  }

  @Test
  void findsWhatIsOfATime() {
    long day = 86_400_000;
    Random random = new Random(3);
    for (int node = 0; node < 5_000; node++) {
      long moment = node * day / 10 + (node % 700 == 0 ? random.nextLong(900 * day) : 0);
      chronicle.put(new Entry(node + 7, node, null, null, moment, "x", Chronicle.Validity.ALWAYS));
    }
    for (Moments moments :
        List.of(
            Moments.between(30 * day, 31 * day),
            Moments.between(Long.MIN_VALUE, Long.MAX_VALUE),
            NamedDates.in("in May 1970").moments(),
            NamedDates.in("in May").moments(),
            NamedDates.in("in 1980").moments())) {
      BitSet expected = new BitSet();
      for (int node = 0; node < 5_000; node++) {
        expected.set(node + 7, moments.has(chronicle.moment(node)));
      }
      assertEquals(expected, chronicle.ordinalsOf(moments));
    }
  }

  @Test
  void takesAboutFortyBytesAMemory() {
    for (int node = 0; node < 100_000; node++) {
      say(node, node, "session " + node / 100, "Ida");
    }

    assertTrue(chronicle.bytes() <= 100_000 * 50, "bytes=" + chronicle.bytes());
    assertTrue(Chronicle.BYTES_PER_NODE <= 40);
  }

  @RepeatedTest(20)
  void isTheSameFedAndRebuilt(RepetitionInfo repetition) {
    long seed = repetition.getCurrentRepetition();
    Random random = new Random(seed);
    Map<Integer, Entry> expected = new TreeMap<>();
    int ordinals = 0;
    for (int step = 0; step < 300; step++) {
      int node = random.nextInt(60);
      if (random.nextInt(3) == 0) {
        Entry gone = expected.remove(node);
        if (gone != null) {
          chronicle.remove(gone.ordinal());
        }
      } else {
        Entry old = expected.get(node);
        int ordinal = old != null && random.nextBoolean() ? old.ordinal() : ordinals++;
        Entry entry = entry(ordinal, node, pick(random, "a", "b", null), pick(random, "I", "O"));
        chronicle.put(entry);
        if (old != null && old.ordinal() != ordinal) {
          chronicle.remove(old.ordinal());
        }
        expected.put(node, entry);
      }
    }
    List<Entry> shuffled = new ArrayList<>(expected.values());
    Collections.shuffle(shuffled, random);
    Chronicle rebuilt = new Chronicle(Cues.in("english"));
    rebuilt.load(() -> shuffled.forEach(rebuilt::put));

    assertEquals(rebuilt.size(), chronicle.size(), "seed=" + seed);
    assertEquals(rebuilt.sessionCount(), chronicle.sessionCount(), "seed=" + seed);
    assertEquals(rebuilt.inSessions(), chronicle.inSessions(), "seed=" + seed);
    for (int ordinal = 0; ordinal < ordinals; ordinal++) {
      assertEquals(rebuilt.describe(ordinal), chronicle.describe(ordinal), "seed=" + seed);
    }
  }

  private static @Nullable String pick(Random random, @Nullable String... some) {
    return some[random.nextInt(some.length)];
  }

  private void say(int ordinal, int node, @Nullable String session, @Nullable String speaker) {
    chronicle.put(entry(ordinal, node, session, speaker));
  }

  private static Entry entry(
      int ordinal, int node, @Nullable String session, @Nullable String speaker) {
    return new Entry(
        ordinal,
        node,
        session,
        speaker,
        1_000L * node,
        "Was it " + node + "?",
        Chronicle.Validity.ALWAYS);
  }

  private List<Integer> chain(int first) {
    List<Integer> nodes = new ArrayList<>();
    for (int node = first; node != Chronicle.NONE; node = chronicle.after(node)) {
      if (!nodes.isEmpty()) {
        assertEquals(nodes.getLast(), chronicle.before(node));
      }
      nodes.add(node);
    }
    return nodes;
  }

  @Test
  void findsThePlaceOfWhatComesLateInALongSession() {
    int count = 200_000;
    for (int node = 0; node < count; node++) {
      say(node, node, "monday", "Ida");
    }
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          for (int node = 0; node < count; node++) {
            chronicle.remove(node);
            say(count + node, node, "monday", "Ida");
          }
        });
    for (int node = 1; node < count; node++) {
      assertEquals(node - 1, chronicle.before(node));
      assertEquals(node, chronicle.after(node - 1));
    }
  }
}
