package dev.engram.formats;

import dev.engram.AutoRelation;
import dev.engram.CollectionConfig;
import dev.engram.CollectionInfo.Kind;
import dev.engram.Dynamics;
import dev.engram.InvalidInputException;
import dev.engram.Metric;
import dev.engram.Quantization;
import dev.engram.spi.EmbedderIdentity;
import dev.engram.spi.TransferItem.Life;
import dev.engram.spi.TransferItem.Section;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A section as named values. Static functions only. */
final class SectionFields {
  private static final String VERSION = "engram";
  private static final String DYNAMICS = "dynamics";
  private static final String RELATIONS = "relations";

  private SectionFields() {}

  static Map<String, Object> of(Section section) {
    CollectionConfig config = section.config();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put(VERSION, (long) section.version());
    values.put("name", section.name());
    values.put("dimension", (long) config.dimension());
    values.put("metric", config.metric().name());
    values.put("language", config.language());
    values.put("recallTarget", config.recallTarget());
    values.put("quantization", config.quantization().name());
    values.put("resident", config.resident());
    config.timeToLive().ifPresent(time -> values.put("timeToLive", time.toString()));
    section.embedder().ifPresent(embedder -> values.put("embedder", of(embedder)));
    section
        .life()
        .ifPresent(life -> {
          values.put("cycle", life.cycle());
          values.put(DYNAMICS, of(life.dynamics()));
        });
    return values;
  }

  private static Map<String, Object> of(EmbedderIdentity embedder) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("provider", embedder.provider());
    values.put("model", embedder.model());
    values.put("dimension", (long) embedder.dimension());
    values.put("normalised", embedder.normalised());
    return values;
  }

  private static Map<String, Object> of(Dynamics dynamics) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("learningRate", dynamics.learningRate());
    values.put("decayRate", dynamics.decayRate());
    values.put("consolidationThreshold", dynamics.consolidationThreshold());
    values.put("shortTermLimit", dynamics.shortTermLimit());
    values.put("consolidationInterval", dynamics.consolidationInterval().toString());
    values.put("batch", (long) dynamics.batch());
    values.put("recallLimit", (long) dynamics.recallLimit());
    values.put("workingMemoryLimit", (long) dynamics.workingMemoryLimit());
    values.put("workingMemoryTime", dynamics.workingMemoryTime().toString());
    values.put("importanceHalfLife", dynamics.importanceHalfLife().toString());
    values.put("importanceFloor", dynamics.importanceFloor());
    values.put("undoWindow", dynamics.undoWindow().toString());
    values.put("historyTime", dynamics.historyTime().toString());
    values.put("recallLoopGuard", dynamics.recallLoopGuard());
    values.put(
        RELATIONS, new TreeSet<>(dynamics.relations()).stream().map(AutoRelation::name).toList());
    return values;
  }

  /** The section of some values; what they do not say is as usual. */
  static Section section(Kind kind, Values at) {
    int version = bounded(at.count(VERSION, 0));
    return new Section(
        version,
        at.text("name", ""),
        kind,
        config(at),
        at.map("embedder").map(SectionFields::embedder),
        at.map(DYNAMICS).map(d -> new Life(dynamics(d), at.count("cycle", 0))));
  }

  private static CollectionConfig config(Values at) {
    int dimension = bounded(at.count("dimension", 0));
    CollectionConfig config =
        dimension == 0 ? CollectionConfig.textOnly() : CollectionConfig.ofDimension(dimension);
    config =
        config
            .metric(at.choice("metric", Metric.class, config.metric()))
            .language(at.text("language", config.language()))
            .recallTarget(at.decimal("recallTarget", config.recallTarget()))
            .resident(at.flag("resident", false));
    config =
        config.quantization(at.choice("quantization", Quantization.class, config.quantization()));
    Optional<Duration> timeToLive = at.duration("timeToLive");
    return timeToLive.isPresent() ? config.timeToLive(timeToLive.get()) : config;
  }

  private static EmbedderIdentity embedder(Values at) {
    return new EmbedderIdentity(
        at.text("provider", ""),
        at.text("model", ""),
        bounded(at.count("dimension", 0)),
        at.flag("normalised", false));
  }

  private static Dynamics dynamics(Values at) {
    Dynamics usual = Dynamics.standard();
    return usual
        .learningRate(at.decimal("learningRate", usual.learningRate()))
        .decayRate(at.decimal("decayRate", usual.decayRate()))
        .consolidationThreshold(
            at.decimal("consolidationThreshold", usual.consolidationThreshold()))
        .shortTermLimit(at.whole("shortTermLimit", usual.shortTermLimit()))
        .consolidationInterval(
            at.duration("consolidationInterval").orElse(usual.consolidationInterval()))
        .batch(bounded(at.count("batch", usual.batch())))
        .recallLimit(bounded(at.count("recallLimit", usual.recallLimit())))
        .workingMemoryLimit(bounded(at.count("workingMemoryLimit", usual.workingMemoryLimit())))
        .workingMemoryTime(at.duration("workingMemoryTime").orElse(usual.workingMemoryTime()))
        .importanceHalfLife(at.duration("importanceHalfLife").orElse(usual.importanceHalfLife()))
        .importanceFloor(at.decimal("importanceFloor", usual.importanceFloor()))
        .undoWindow(at.duration("undoWindow").orElse(usual.undoWindow()))
        .historyTime(at.duration("historyTime").orElse(usual.historyTime()))
        .recallLoopGuard(at.flag("recallLoopGuard", usual.recallLoopGuard()))
        .relations(relations(at));
  }

  private static Set<AutoRelation> relations(Values at) {
    Set<AutoRelation> relations = EnumSet.noneOf(AutoRelation.class);
    for (Object each : at.list(RELATIONS)) {
      relations.add(at.constant(RELATIONS, AutoRelation.class, each));
    }
    return relations;
  }

  private static int bounded(long count) {
    if (count > Integer.MAX_VALUE) {
      throw new InvalidInputException("field=" + VERSION + ": a number is too large: " + count);
    }
    return (int) count;
  }
}
