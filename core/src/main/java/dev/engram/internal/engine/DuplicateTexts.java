package dev.engram.internal.engine;

import dev.engram.AuditReport;
import dev.engram.RecordId;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.format.Digest;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.PointerLayout;
import dev.engram.internal.log.Family;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds memories of the same text and scope in the rows of {@code content}, given in the order of
 * their keys: behind the row of the first memory of a text lie those of further ones. Not
 * thread-safe.
 */
final class DuplicateTexts {
  /** A content row with a longer key is that of a further memory of the text. */
  private static final int FIRST_KEY_BYTES = 4 + Digest.KEY_BYTES;

  private final ObjLongConsumer<List<RecordId>> found;

  /** The text that was come to. */
  private byte @Nullable [] text;

  private boolean furtherOnes;
  private final List<RecordId> first = new ArrayList<>();
  private long copies;

  /**
   * @param found is told the first memories of a text, and how many there are
   */
  DuplicateTexts(ObjLongConsumer<List<RecordId>> found) {
    this.found = found;
  }

  /** Looks at the next rows. */
  void lookAt(Session s, CatalogEntry space, List<byte[]> keys) {
    Records records = new Records(s);
    for (byte[] key : keys) {
      byte[] own = Arrays.copyOf(key, FIRST_KEY_BYTES);
      if (!Arrays.equals(own, text)) {
        end();
        text = own;
      }
      if (key.length > FIRST_KEY_BYTES) {
        if (!furtherOnes) {
          furtherOnes = true;
          count(s, firstOf(s, space, records, own));
        }
        count(s, records.at(Keys.record(space.number(), Keys.intAt(key, 20), Keys.intAt(key, 24))));
      }
    }
  }

  /** There are no more rows of the text that was come to. */
  void end() {
    if (copies > 1) {
      found.accept(List.copyOf(first), copies);
    }
    furtherOnes = false;
    first.clear();
    copies = 0;
  }

  private static @Nullable Stored firstOf(
      Session s, CatalogEntry space, Records records, byte[] key) {
    byte[] row = s.tx().get(Family.CONTENT, key);
    return row == null
        ? null
        : records.at(PointerLayout.decode(key, row).recordKey(space.number()));
  }

  /** What does not hold now is no duplicate of what does. */
  private void count(Session s, @Nullable Stored stored) {
    if (stored != null && stored.row().times().holdsAt(s.tx().now())) {
      copies++;
      if (first.size() < AuditReport.NAMED) {
        first.add(stored.row().id());
      }
    }
  }
}
