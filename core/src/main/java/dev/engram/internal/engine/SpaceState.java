package dev.engram.internal.engine;

import dev.engram.Dynamics;
import dev.engram.internal.format.DynamicsLayout;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.RhythmLayout;
import dev.engram.internal.format.RhythmLayout.Rhythm;
import dev.engram.internal.graph.Moment;
import dev.engram.internal.log.Family;
import org.jspecify.annotations.Nullable;

/**
 * How a space learns and fades, how far its jobs are, and what is in its working memory, as one
 * transaction sees it. Not thread-safe.
 */
final class SpaceState {
  private final CatalogEntry space;
  private final Tx tx;
  private final byte[] dynamicsKey;
  private final byte[] rhythmKey;
  private @Nullable Dynamics dynamics;
  private @Nullable Rhythm rhythm;
  private @Nullable WorkingSet working;
  private final Newcomers newcomers = new Newcomers();

  SpaceState(CatalogEntry space, Tx tx) {
    this.space = space;
    this.tx = tx;
    this.dynamicsKey = Keys.dynamics(space.number());
    this.rhythmKey = Keys.rhythm(space.number());
  }

  Dynamics dynamics() {
    Dynamics known = dynamics;
    if (known == null) {
      byte[] row = tx.get(Family.META, dynamicsKey);
      known = row == null ? Dynamics.standard() : DynamicsLayout.decode(dynamicsKey, row);
      dynamics = known;
    }
    return known;
  }

  void put(Dynamics changed) {
    tx.rely(Family.CONFIG, space.key());
    tx.claim(Family.META, dynamicsKey);
    tx.put(Family.META, dynamicsKey, DynamicsLayout.encode(dynamicsKey, changed));
    dynamics = changed;
  }

  Rhythm rhythm() {
    Rhythm known = rhythm;
    if (known == null) {
      byte[] row = tx.get(Family.META, rhythmKey);
      known = row == null ? RhythmLayout.BEGINNING : RhythmLayout.decode(rhythmKey, row);
      rhythm = known;
    }
    return known;
  }

  /** One job at a time: of two that go on at once one starts again. */
  void put(Rhythm changed) {
    tx.rely(Family.CONFIG, space.key());
    tx.claim(Family.META, rhythmKey);
    tx.put(Family.META, rhythmKey, RhythmLayout.encode(rhythmKey, changed));
    rhythm = changed;
  }

  /** Now, as strengths see it. */
  Moment now() {
    return new Moment(tx.now(), rhythm().cycle(), dynamics().decayRate());
  }

  WorkingSet working() {
    WorkingSet known = working;
    if (known == null) {
      known = new WorkingSet(space, tx, dynamics());
      working = known;
    }
    return known;
  }

  /** What this transaction learned itself. */
  Newcomers newcomers() {
    return newcomers;
  }

  /** Writes what was gathered meanwhile. */
  void flush() {
    if (working != null) {
      working.flush();
    }
  }
}
