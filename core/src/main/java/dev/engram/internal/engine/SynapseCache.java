package dev.engram.internal.engine;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import dev.engram.Limits;
import dev.engram.Stats;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.SynapseLayout;
import dev.engram.internal.format.SynapseLayout.Edge;
import dev.engram.internal.graph.Graph;
import dev.engram.internal.graph.Neighbours;
import dev.engram.internal.graph.Neighbours.Link;
import dev.engram.internal.graph.Strength;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.Log;
import dev.engram.spi.Change;
import dev.engram.spi.Commit;
import java.util.ArrayList;
import java.util.List;

/**
 * The synapses of the memories that were asked for last, so that spreading activation does not read
 * rows again and again. Bounded in bytes. A commit that changes a synapse lets go what is held of
 * both its ends, before it is acknowledged; reading and letting go of one node exclude each other,
 * so that nothing old is held. Thread-safe.
 */
final class SynapseCache implements Log.Follower {
  private static final Family[] FAMILIES = {
    Family.SHORT_TERM, Family.LONG_TERM, Family.REVERSE,
  };

  private final Log log;
  private final Cache<Long, Neighbours> held;

  /**
   * @param budgetBytes heap, about; 0 holds nothing
   */
  SynapseCache(Log log, long budgetBytes) {
    this.log = log;
    this.held =
        Caffeine.newBuilder()
            .maximumWeight(budgetBytes)
            .weigher((Long _, Neighbours neighbours) -> neighbours.bytes())
            .executor(Runnable::run)
            .recordStats()
            .build();
  }

  /** The synapses of a space. */
  Graph of(CatalogEntry space) {
    int number = space.number();
    return node -> held.asMap().computeIfAbsent(key(number, node), this::read);
  }

  @Override
  public void follow(Commit commit) {
    for (Change change : commit.changes()) {
      switch (change) {
        case Change.SynapsePut(var s) -> letGo(s.space(), s.from(), s.to());
        case Change.SynapseRemoved r -> letGo(r.space(), r.from(), r.to());
        case Change.CollectionDropped(int number) ->
            held.asMap().keySet().removeIf(key -> key >>> 32 == number);
        default -> {}
      }
    }
  }

  Stats.CacheStats stats() {
    CacheStats stats = held.stats();
    long bytes = held.policy().eviction().map(e -> e.weightedSize().orElse(0)).orElse(0L);
    return new Stats.CacheStats(
        held.estimatedSize(), bytes, stats.requestCount(), stats.hitCount());
  }

  private void letGo(int space, int from, int to) {
    held.asMap().remove(key(space, from));
    held.asMap().remove(key(space, to));
  }

  private Neighbours read(long key) {
    byte[] prefix = Keys.node((int) (key >>> 32), (int) key);
    List<Link> links = new ArrayList<>();
    for (Family family : FAMILIES) {
      log.scan(
          family,
          prefix,
          Keys.afterPrefix(prefix),
          (row, value) -> {
            Edge edge = SynapseLayout.decode(row, value);
            Strength strength = new Strength(edge.weight(), edge.sinceMillis(), edge.cycle());
            boolean incoming = family == Family.REVERSE;
            links.add(
                new Link(Keys.intAt(row, 8), strength, edge.tier(), edge.relation(), incoming));
            return true;
          });
    }
    return links.isEmpty() ? Neighbours.NONE : Neighbours.of(links, Limits.MAX_FAN_OUT);
  }

  private static long key(int space, int node) {
    return (long) space << 32 | node;
  }
}
