package dev.engram.internal.engine;

import dev.engram.MismatchException;
import dev.engram.Recall;
import dev.engram.RecallProfile;
import dev.engram.RecordId;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.recall.Chronicle;
import dev.engram.internal.recall.Cues;
import dev.engram.internal.recall.NamedDates;
import dev.engram.internal.recall.SpeakerTable;
import dev.engram.internal.recall.Wording;
import dev.engram.internal.vector.Selection;
import dev.engram.internal.vector.VectorCheck;
import dev.engram.internal.vector.VectorKernels;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads questions: chooses the profile, finds the names and the dates, makes the vector. */
final class QuestionReader {
  /** Memories of a filtered scope that are asked for their speakers, at most. */
  private static final int MAX_LISTED = 65_536;

  /** So many speakers make a conversation. */
  private static final int LEAST_SPEAKERS = 2;

  /** Words of a memory whose like is asked for, at most: as many as say what it is about. */
  private static final int MAX_WORDS = 64;

  private final OpenStore store;
  private final Lookup lookup;
  private final QuestionEmbedder embedder;

  QuestionReader(OpenStore store) {
    this.store = store;
    this.lookup = store.searcher().lookup();
    this.embedder = new QuestionEmbedder(store);
  }

  /** Reads a question, which may take a call of a model. */
  RecallQuestion read(CatalogEntry space, Recall recall) {
    Chronicle chronicle = lookup.chronicle(space);
    BitSet speakers = speakers(space, recall, chronicle);
    RecallProfile profile = profile(recall, chronicle, speakers);
    return recall
        .like()
        .map(id -> like(space, recall, profile, id))
        .orElseGet(() -> about(space, recall, profile, chronicle, speakers));
  }

  private RecallQuestion about(
      CatalogEntry space,
      Recall recall,
      RecallProfile profile,
      Chronicle chronicle,
      BitSet speakers) {
    Wording wording =
        chronicle.reading(() -> Wording.of(recall.text(), chronicle.speakers(), speakers::get));
    List<String> notes = new ArrayList<>();
    float[] vector =
        comparesVectors(recall, profile) ? vector(space, recall, profile, wording, notes) : null;
    notes.add("profile: " + profile);
    return new RecallQuestion(
        space,
        recall,
        profile,
        wording,
        NamedDates.in(recall.text()),
        Cues.in(space.descriptor().language()).asksForATime(recall.text()),
        vector,
        Itself.NOBODY,
        notes);
  }

  /** A memory for a question: its words and its vector, which needs no embedder. */
  private RecallQuestion like(
      CatalogEntry space, Recall recall, RecallProfile profile, RecordId id) {
    try (Session now = store.session()) {
      Stored stored = new Memories(now).require(space, id);
      float[] vector = comparesVectors(recall, profile) ? new Records(now).vector(stored) : null;
      String text = Objects.requireNonNull(stored.row().text());
      return new RecallQuestion(
          space,
          recall,
          profile,
          Wording.plain(Wording.beginning(text, MAX_WORDS)),
          NamedDates.in(""),
          false,
          vector == null ? null : VectorKernels.normalised(vector),
          Itself.of(id, stored.ordinal()),
          List.of("profile: " + profile));
    }
  }

  private static boolean comparesVectors(Recall recall, RecallProfile profile) {
    Recall.Arm arm = Recall.Arm.VECTOR;
    return recall.weight(arm).orElse(profile.weight(arm, true)) > 0;
  }

  private static RecallProfile profile(Recall recall, Chronicle chronicle, BitSet speakers) {
    return recall
        .profile()
        .orElseGet(() ->
            isConversation(chronicle, speakers) ? RecallProfile.CONVERSATION : RecallProfile.NOTES);
  }

  private static boolean isConversation(Chronicle chronicle, BitSet speakers) {
    return speakers.cardinality() >= LEAST_SPEAKERS
        && chronicle.reading(chronicle::sessionCount) > 0;
  }

  /** Who speaks in what is searched; of a large scope, who speaks in the whole space. */
  private BitSet speakers(CatalogEntry space, Recall recall, Chronicle chronicle) {
    boolean narrowed =
        recall.filter().isPresent() || recall.from().isPresent() || recall.until().isPresent();
    Selection allowed = narrowed ? lookup.area(space, recall).allowed() : Selection.ALL;
    return chronicle.reading(() -> {
      BitSet speakers = new BitSet();
      SpeakerTable all = chronicle.speakers();
      if (all.count() == 0 || allowed.size() > MAX_LISTED) {
        all.all().forEach(speakers::set);
        return speakers;
      }
      for (int ordinal : allowed.listing().get()) {
        int node = chronicle.nodeAt(ordinal);
        if (node != Chronicle.NONE && chronicle.speaker(node) != Chronicle.NONE) {
          speakers.set(chronicle.speaker(node));
        }
      }
      return speakers;
    });
  }

  private float @Nullable [] vector(
      CatalogEntry space,
      Recall recall,
      RecallProfile profile,
      Wording wording,
      List<String> notes) {
    float[] given = recall.vector().orElse(null);
    if (given != null) {
      return checked(space, given);
    }
    String text = profile.hasContext() ? wording.inFirstPerson() : wording.withoutNames();
    float[] vector = embedder.embed(space, text, notes);
    return vector == null ? null : VectorKernels.normalised(vector);
  }

  private static float[] checked(CatalogEntry space, float[] given) {
    if (space.descriptor().embedder() == null) {
      throw new MismatchException(
          "the space has no vectors to compare: space="
              + space.descriptor().name()
              + "; open the store with an embedder, or ask in words");
    }
    VectorCheck.check(given, space.descriptor().dimension(), space.descriptor().metric());
    return VectorKernels.normalised(given);
  }
}
