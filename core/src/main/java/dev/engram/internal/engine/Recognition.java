package dev.engram.internal.engine;

import dev.engram.Learning;
import dev.engram.NearDuplicates;
import dev.engram.NearDuplicates.Action;
import dev.engram.RecordId;
import dev.engram.internal.engine.LikeSearch.Like;
import dev.engram.internal.engine.LikeSearch.Subject;
import dev.engram.internal.engine.LikeSearch.Wanted;
import dev.engram.internal.engine.Records.Stored;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a text that is learned is known: as what a recent recall returned, as the same
 * text, or as nearly the same. Costs nothing where a learning asks for nothing but the same text,
 * and one search else. Works inside one transaction; not thread-safe.
 */
final class Recognition {
  private final Session session;
  private final CatalogEntry space;

  Recognition(Session session, CatalogEntry space) {
    this.session = session;
    this.space = space;
  }

  /** How something is known. */
  enum How {
    /** It was recalled, and comes back. */
    RECALLED,
    /** The same was learned before. */
    SAME,
    /** Nearly the same was learned before. */
    SIMILAR
  }

  /** What is known, and how. */
  record Known(Stored memory, How how, double similarity) {}

  /**
   * As what something is known; null where it is new.
   *
   * @param same the memory of the same text and scope, if there is one
   * @param holds tells which memories hold when what is learned does
   */
  @Nullable Known find(
      Learning learning,
      float @Nullable [] vector,
      @Nullable Stored same,
      Predicate<Stored> holds) {
    boolean guarded = guards(learning);
    if (same != null) {
      boolean recalled = guarded && wasRecalled(same.row().id());
      return new Known(same, recalled ? How.RECALLED : How.SAME, 1);
    }
    return guarded || looksFor(learning)
        ? similar(learning, new Subject(learning.text(), vector), guarded, holds)
        : null;
  }

  private boolean guards(Learning learning) {
    return learning
        .recallLoopGuard()
        .orElseGet(() -> session.state(space).dynamics().recallLoopGuard());
  }

  private static boolean looksFor(Learning learning) {
    Action action = learning.nearDuplicates().action();
    return action == Action.LINK || (action == Action.REINFORCE && !learning.duplicatesAllowed());
  }

  /** What a recall returned, comes back from another session or speaker too. */
  private @Nullable Known similar(
      Learning learning, Subject subject, boolean guarded, Predicate<Stored> holds) {
    Wanted whole = SameScope.whole(learning.metadata()).and(holds);
    Wanted wanted = guarded ? SameScope.user(learning.metadata()).and(holds) : whole;
    NearDuplicates thresholds = learning.nearDuplicates();
    List<Like> likes = new LikeSearch(session, space).near(subject, thresholds, wanted);
    Optional<Known> recalled =
        guarded
            ? likes.stream()
                .filter(like -> wasRecalled(like.memory().row().id()))
                .findFirst()
                .map(like -> new Known(like.memory(), How.RECALLED, like.similarity()))
            : Optional.empty();
    return recalled
        .or(() ->
            likes.stream()
                .filter(like -> looksFor(learning) && whole.test().test(like.memory()))
                .findFirst()
                .map(like -> new Known(like.memory(), How.SIMILAR, like.similarity())))
        .orElse(null);
  }

  private boolean wasRecalled(RecordId id) {
    long since =
        session.tx().now() - session.state(space).dynamics().workingMemoryTime().toMillis();
    return session.store().accessQueue().recent().holds(space.number(), id, since)
        || new Operations(session, space).found(id, since);
  }
}
