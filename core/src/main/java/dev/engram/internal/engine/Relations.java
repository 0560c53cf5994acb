package dev.engram.internal.engine;

import dev.engram.AutoRelation;
import dev.engram.Filter;
import dev.engram.Limits;
import dev.engram.RecordId;
import dev.engram.Synapse;
import dev.engram.internal.engine.LikeSearch.Like;
import dev.engram.internal.engine.LikeSearch.Wanted;
import dev.engram.internal.engine.Newcomers.Newcomer;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.engine.Synapses.Found;
import dev.engram.internal.filter.OrdinalSet;
import dev.engram.internal.format.Keys;
import dev.engram.internal.log.Family;
import dev.engram.internal.recall.Chronicle;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Joins what was just learned to what it belongs to. The memories at the other ends are not used by
 * this: they neither enter working memory nor are counted. Works inside one transaction; not
 * thread-safe.
 */
final class Relations {
  /** From this cosine on memories are similar. */
  private static final double SIMILAR = .8;

  /** What was learned so shortly before was learned at the same time. */
  private static final Duration AT_ONCE = Duration.ofMinutes(1);

  /** Memories before a new one that are looked at, as some may be another user's, or gone. */
  private static final int LOOKED_AT = 4 * Limits.MAX_AUTO_RELATIONS;

  private final Session session;
  private final CatalogEntry space;
  private final Tx tx;
  private final Synapses synapses;
  private final Nodes nodes;
  private final Records records;

  Relations(Session session, CatalogEntry space) {
    this.session = session;
    this.space = space;
    this.tx = session.tx();
    this.synapses = new Synapses(session, space);
    this.nodes = new Nodes(session, space);
    this.records = new Records(session);
  }

  /** Makes the synapses of some relations from a new memory. */
  void relate(Stored fresh, float @Nullable [] vector, Set<AutoRelation> wanted) {
    if (wanted.contains(AutoRelation.SIMILAR) && vector != null) {
      relateSimilar(fresh, vector);
    }
    if (wanted.contains(AutoRelation.TEMPORAL)) {
      relateTemporal(fresh);
    }
    if (wanted.contains(AutoRelation.HIERARCHY)) {
      Stored ancestor = ancestor(fresh);
      if (ancestor != null) {
        settle(fresh, ancestor, Synapse.PART_OF);
      }
    }
    if (wanted.contains(AutoRelation.SESSION)) {
      Stored previous = previous(fresh);
      if (previous != null) {
        join(fresh, previous, Synapse.FOLLOWS, Synapse.INITIAL_STRENGTH);
      }
    }
  }

  /** Makes a short-term synapse, where there is none of this relation. */
  void join(Stored from, Stored to, String relation, double strength) {
    byte[] key = freeKey(from, to, relation);
    if (key != null) {
      Found _ = synapses.make(key, relation, strength);
    }
  }

  /** Makes a synapse that lasts, where there is none of this relation. */
  void settle(Stored from, Stored to, String relation) {
    byte[] key = freeKey(from, to, relation);
    if (key != null) {
      Found _ = synapses.settle(key, relation);
    }
  }

  private byte @Nullable [] freeKey(Stored from, Stored to, String relation) {
    byte[] key = synapses.key(from.row().node(), to.row().node(), relation);
    if (from.row().node() == to.row().node() || synapses.find(key) != null) {
      return null;
    }
    tx.rely(Family.IDS, Records.idKey(space, to.row().id()));
    return key;
  }

  private void relateSimilar(Stored fresh, float[] vector) {
    List<Like> similar =
        new LikeSearch(session, space)
            .nearest(vector, SIMILAR, others(fresh), Limits.MAX_AUTO_RELATIONS);
    for (Like each : similar) {
      join(fresh, each.memory(), Synapse.SIMILAR_TO, Synapse.INITIAL_STRENGTH);
    }
  }

  /** Nodes are numbered in the order of learning. */
  private void relateTemporal(Stored fresh) {
    Wanted wanted = others(fresh);
    int node = fresh.row().node();
    int last = Math.max(0, node - LOOKED_AT);
    int joined = 0;
    while (--node >= last && joined < Limits.MAX_AUTO_RELATIONS) {
      Stored before = nodes.memory(node);
      if (before != null && tx.now() - before.row().createdAt() > AT_ONCE.toMillis()) {
        return;
      }
      if (before != null && wanted.test().test(before)) {
        join(fresh, before, Synapse.TEMPORAL, Synapse.INITIAL_STRENGTH);
        joined++;
      }
    }
  }

  private @Nullable Stored ancestor(Stored fresh) {
    boolean own = fresh.row().metadata().asMap().get(AutoRelation.KEY) instanceof String;
    String place = place(fresh);
    for (int depth = 0; depth < Limits.MAX_DEPTH; depth++) {
      int cut = place.lastIndexOf(AutoRelation.SEPARATOR);
      if (cut <= 0) {
        return null;
      }
      place = place.substring(0, cut);
      Stored found = own ? keyed(place, fresh) : records.find(space, RecordId.of(place));
      if (found != null && others(fresh).test().test(found)) {
        return found;
      }
    }
    return null;
  }

  private static String place(Stored fresh) {
    return fresh.row().metadata().asMap().get(AutoRelation.KEY) instanceof String key
        ? key
        : fresh.row().id() instanceof RecordId.Text ? fresh.row().id().toString() : "";
  }

  /** The first memory with a key of its own. */
  private @Nullable Stored keyed(String place, Stored fresh) {
    Wanted others = others(fresh);
    for (Newcomer each : session.state(space).newcomers().all(records)) {
      if (place.equals(each.stored().row().metadata().asMap().get(AutoRelation.KEY))) {
        Stored now = records.at(each.stored().key());
        if (now != null && others.test().test(now)) {
          return now;
        }
      }
    }
    return session.store().catalogState().find(space.number()) == null
        ? null
        : indexed(place, others);
  }

  private @Nullable Stored indexed(String place, Wanted others) {
    OrdinalSet placed = session.store().searcher().lookup().matching(space, key(place));
    for (int ordinal : placed.toArray()) {
      Stored stored = records.at(Keys.record(space.number(), space.epoch(), ordinal));
      if (stored != null && others.test().test(stored)) {
        return stored;
      }
    }
    return null;
  }

  private static Filter key(String place) {
    return Filter.eq(AutoRelation.KEY, place);
  }

  /** What was learned before it in its session. */
  private @Nullable Stored previous(Stored fresh) {
    String name = ChronicleKind.session(fresh.row().metadata());
    if (name == null) {
      return null;
    }
    for (Newcomer each : session.state(space).newcomers().all(records).reversed()) {
      Stored now = inSession(name, records.at(each.stored().key()), fresh);
      if (now != null) {
        return now;
      }
    }
    return session.store().catalogState().find(space.number()) == null
        ? null
        : chronicled(name, fresh);
  }

  private @Nullable Stored chronicled(String name, Stored fresh) {
    Chronicle chronicle = session.store().searcher().lookup().chronicle(space);
    int node = chronicle.reading(() -> chronicle.lastOf(name));
    for (int i = 0; i < LOOKED_AT && node != Chronicle.NONE; i++) {
      Stored found = inSession(name, nodes.memory(node), fresh);
      if (found != null) {
        return found;
      }
      int later = node;
      node = chronicle.reading(() -> chronicle.before(later));
    }
    return null;
  }

  /** Another session of the same memory, or the memory itself, does not count. */
  private static @Nullable Stored inSession(String name, @Nullable Stored found, Stored fresh) {
    boolean counts =
        found != null
            && found.row().node() != fresh.row().node()
            && name.equals(ChronicleKind.session(found.row().metadata()));
    return counts ? found : null;
  }

  private static Wanted others(Stored fresh) {
    int node = fresh.row().node();
    return SameScope.user(fresh.row().metadata()).and(each -> each.row().node() != node);
  }
}
