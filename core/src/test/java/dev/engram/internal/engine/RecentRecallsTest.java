package dev.engram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.RecordId;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RecentRecallsTest {
  private final RecentRecalls recalls = new RecentRecalls();

  @Test
  void knowsWhatWasFoundInASpaceSinceATime() {
    recalls.add(1, 100, List.of(RecordId.of("a"), RecordId.of("b")));
    assertTrue(recalls.holds(1, RecordId.of("b"), 100));
    assertFalse(recalls.holds(1, RecordId.of("b"), 101));
    assertFalse(recalls.holds(2, RecordId.of("b"), 100));
    assertFalse(recalls.holds(1, RecordId.of("c"), 0));
  }

  @Test
  void holdsTheLastOnesAndTheFirstOfEach() {
    List<RecordId> many = LongStream.rangeClosed(0, 200).mapToObj(RecordId::of).toList();
    recalls.add(1, 1, many);
    assertTrue(recalls.holds(1, RecordId.of(199), 0));
    assertFalse(recalls.holds(1, RecordId.of(200), 0));
    for (int i = 1; i < RecentRecalls.MOST; i++) {
      recalls.add(1, 2, List.of(RecordId.of("other")));
    }
    assertTrue(recalls.holds(1, RecordId.of(0), 0));
    recalls.add(1, 2, List.of(RecordId.of("other")));
    assertFalse(recalls.holds(1, RecordId.of(0), 0));
  }
}
