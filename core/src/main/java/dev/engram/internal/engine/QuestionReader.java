package dev.engram.internal.engine;

import dev.engram.Recall;
import dev.engram.RecallProfile;
import dev.engram.internal.engine.Lookup.Area;
import dev.engram.internal.recall.Chronicle;
import dev.engram.internal.recall.Cues;
import dev.engram.internal.recall.NamedDates;
import dev.engram.internal.recall.SpeakerTable;
import dev.engram.internal.recall.Wording;
import dev.engram.internal.vector.VectorKernels;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads questions: chooses the profile, finds the names and the dates, makes the vector. */
final class QuestionReader {
  /** Memories of a filtered scope that are asked for their speakers, at most. */
  private static final int MAX_LISTED = 65_536;

  /** So many speakers make a conversation. */
  private static final int LEAST_SPEAKERS = 2;

  private final Lookup lookup;
  private final QuestionEmbedder embedder;

  QuestionReader(Lookup lookup, QuestionEmbedder embedder) {
    this.lookup = lookup;
    this.embedder = embedder;
  }

  /** Reads a question, which may take a call of a model. */
  RecallQuestion read(CatalogEntry space, Recall recall) {
    List<String> notes = new ArrayList<>();
    Chronicle chronicle = lookup.chronicle(space);
    BitSet speakers = speakers(chronicle, lookup.area(space, recall));
    RecallProfile profile = profile(recall, chronicle, speakers);
    Wording wording =
        chronicle.reading(() -> Wording.of(recall.text(), chronicle.speakers(), speakers::get));
    float[] vector = vector(space, recall, profile, wording, notes);
    notes.add("profile: " + profile);
    return new RecallQuestion(
        space,
        recall,
        profile,
        wording,
        NamedDates.in(recall.text()),
        Cues.in(space.descriptor().language()).asksForATime(recall.text()),
        vector,
        notes);
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
  private static BitSet speakers(Chronicle chronicle, Area area) {
    return chronicle.reading(() -> {
      BitSet speakers = new BitSet();
      SpeakerTable all = chronicle.speakers();
      if (all.count() == 0 || area.allowed().size() > MAX_LISTED) {
        all.all().forEach(speakers::set);
        return speakers;
      }
      for (int ordinal : area.allowed().listing().get()) {
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
    double weight =
        recall.weight(Recall.Arm.VECTOR).orElse(profile.weight(Recall.Arm.VECTOR, true));
    if (weight == 0) {
      return null;
    }
    String text = profile.hasContext() ? wording.inFirstPerson() : wording.withoutNames();
    float[] vector = embedder.embed(space, text, notes);
    return vector == null ? null : VectorKernels.normalised(vector);
  }
}
