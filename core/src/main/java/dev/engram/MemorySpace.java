package dev.engram;

import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * A space of memories that learns, associates, recalls and forgets. Thread-safe. Got from {@link
 * Engram} each writing method is one commit of its own; got from a {@link Transaction} it is a part
 * of that, and recall sees the commits before it but not its own writes.
 */
public interface MemorySpace {
  String name();

  CollectionInfo info();

  /** Learns a text. */
  default Memory learn(String text) {
    return learn(Learning.of(text));
  }

  /** Learns a text with metadata. */
  default Memory learn(String text, Metadata metadata) {
    return learn(Learning.of(text).withMetadata(metadata));
  }

  /**
   * Learns. Where the same text (after Unicode NFC and collapsing of white space) of the same user,
   * agent, session and speaker is there already, returns that memory with its access count raised
   * and the longer of both times to live, unless duplicates are allowed. A learning may also say
   * what is done where nearly the same is there ({@link Learning#onNearDuplicate}), where a recall
   * comes back ({@link Learning#guardRecallLoop}), and which synapses are made ({@link
   * Learning#relations}).
   */
  Memory learn(Learning learning);

  /** Learns many in one commit: all or nothing. */
  List<Memory> learn(List<Learning> learnings);

  /**
   * Learns a stream of any length in bounded memory, in commits of at most 1,000 memories, or 64
   * where an embedder works on them. On an error or a cancellation the commits before it stay.
   *
   * @return how many were given
   */
  long learnAll(Iterator<Learning> learnings, Progress progress);

  Optional<Memory> get(RecordId id);

  /** Replaces the text and keeps id, metadata and synapses; false where it is not there. */
  boolean update(RecordId id, String text);

  /** Changes the metadata; false where the memory is not there. */
  boolean update(RecordId id, MetadataPatch patch);

  /**
   * Learns something in place of a memory, which does not hold any more from then on ({@link
   * Learning#validFrom}, or now) and is found by {@link Recall#validAt} and {@link
   * Recall#anyValidity} alone. A synapse of relation {@link Synapse#SUPERSEDES} leads from the new
   * one to the old one, in the long term. Near duplicates of what is learned are not looked for.
   *
   * @return the new memory
   * @throws NotFoundException where the old one is not there
   */
  Memory supersede(RecordId old, Learning learning);

  /**
   * Learns something in place of several memories that it sums up. These do not hold any more from
   * then on, as in {@link #supersede}, and are not lost: a synapse of relation {@link
   * Synapse#DERIVED_FROM} leads to each of them, in the long term. Near duplicates of what is
   * learned are not looked for.
   *
   * @param ids 2 to {@link Limits#MAX_SEEDS} memories
   * @return the new memory
   * @throws NotFoundException where one of them is not there; nothing has changed then
   */
  Memory merge(List<RecordId> ids, Learning merged);

  /**
   * A memory does not hold any more from then on.
   *
   * @throws NotFoundException where it is not there
   */
  Memory endValidity(RecordId id, Instant validUntil);

  /**
   * Deletes a memory, its synapses and its history, for good; false where it is not there. To keep
   * what was once true, end its validity instead.
   */
  boolean forget(RecordId id);

  /**
   * Forgets what a policy allows, in commits of {@link Dynamics#batch}. What is forgotten is found
   * by nothing any more, and can be brought back by {@link #undo} for {@link Dynamics#undoWindow}.
   * Stopped half-way, it is gone on with by doing it again.
   */
  Forgetting forget(ForgetPolicy policy, Progress progress);

  /** Forgets what a policy allows. */
  default Forgetting forget(ForgetPolicy policy) {
    return forget(policy, Progress.NONE);
  }

  /** What a policy would forget now. */
  ForgetPreview preview(ForgetPolicy policy);

  /** Every time that a policy made the space forget, the last one first. */
  List<Forgetting> forgettings();

  /**
   * Brings back what was forgotten at one time: memories under their ids, with their synapses to
   * memories that are there, and the synapses that were pruned. One whose id has been learned again
   * meanwhile stays forgotten, and so does one that has been forgotten again since it came back.
   * Stopped half-way, it is gone on with by doing it again.
   *
   * @return memories that were brought back
   * @throws NotFoundException where there is no such time, or it cannot be undone any more
   */
  long undo(RecordId operation);

  /** A pinned memory keeps its importance, and no policy forgets it. */
  Memory pin(RecordId id, boolean pinned);

  /**
   * Sets how important a memory is from now on.
   *
   * @param importance 0 to 1
   */
  Memory importance(RecordId id, double importance);

  /** Makes or strengthens the synapse of relation {@link Synapse#RELATED} between two memories. */
  default Synapse associate(RecordId from, RecordId to) {
    return associate(from, to, Synapse.RELATED);
  }

  /**
   * Makes a short-term synapse of weight 0.1, or strengthens the one that is there by long-term
   * potentiation: w += 0.1·(1 − w).
   *
   * @throws NotFoundException where either memory is not there
   */
  Synapse associate(RecordId from, RecordId to, String relation);

  /**
   * Makes or strengthens many synapses in one commit, in their order: all or nothing.
   *
   * @return each as it is then
   */
  List<Synapse> associate(List<Association> associations);

  /**
   * Uses a memory: it is counted, becomes more important, enters working memory, and every synapse
   * that touches it is strengthened.
   *
   * @throws NotFoundException where it is not there
   */
  Memory access(RecordId id);

  /**
   * What fires together, wires together: strengthens the synapses between each two of these
   * memories, in both directions, weak ones more than strong ones, and makes those that are
   * missing.
   *
   * @param ids at most {@link Limits#MAX_SEEDS}
   * @return synapses made or strengthened
   */
  int hebbian(List<RecordId> ids);

  /**
   * Strengthens what touches the winners, by 1.5 times the learning rate, then weakens what touches
   * the losers, by twice the decay rate.
   *
   * @return synapses changed; one between a winner and a loser counts twice
   */
  int compete(List<RecordId> winners, List<RecordId> losers);

  /**
   * Interference: weakens the short-term synapses of the memories that are like one, by a fifth.
   * Alike are those whose vectors have at least this cosine, or, where it has no vector, whose
   * words are shared to this part: of the most alike {@link Limits#MAX_INTERFERING}, as far as they
   * were committed.
   *
   * @param similarity above 0, at most 1
   * @throws NotFoundException where it is not there
   */
  InterferenceReport interfere(RecordId id, double similarity);

  /**
   * One cycle of sleep: every synapse fades by the decay rate, a tenth of it in the long term;
   * those between memories that are both in working memory are strengthened, by twice the learning
   * rate, or by the learning rate in the long term; and what has been in working memory for too
   * long leaves it. Takes time in proportion to working memory only.
   */
  SleepReport sleep();

  /**
   * Moves to the long term what is ready for it: short-term synapses of which three of these hold:
   * as strong as {@link Dynamics#consolidationThreshold}; strengthened three times; used within
   * seven days; older than an hour; between memories that were both accessed five times. Drops what
   * has faded away, and weakens the short-term synapses of a memory that has more than 50. In
   * commits of {@link Dynamics#batch}; one that was interrupted goes on where it stopped. Goes on
   * by itself after {@link Dynamics#consolidationInterval}.
   */
  ConsolidationReport consolidate(Progress progress);

  /** Consolidates. */
  default ConsolidationReport consolidate() {
    return consolidate(Progress.NONE);
  }

  /**
   * Strengthens what fits into what is known. Memories that share two content words form the
   * pattern of these words; where the long-term synapses among them are stronger than 5 together,
   * each is strengthened by half the learning rate, once, in however many patterns it is. Content
   * words are the terms of the space's language. Of a memory the first 64 count, and 16 of those
   * that two memories share; of more than 500,000 patterns the weak ones are let go. In commits of
   * {@link Dynamics#batch}; one that was interrupted is gone on with by doing it again, with the
   * patterns that it had found strong, so that each is strengthened once.
   */
  SchemaReport consolidateSchemas(Progress progress);

  /** Consolidates schemas. */
  default SchemaReport consolidateSchemas() {
    return consolidateSchemas(Progress.NONE);
  }

  /**
   * Makes the long-term synapses of memories changeable again: they become short-term ones of nine
   * tenths of their strength.
   *
   * @return how many
   */
  int reconsolidate(List<RecordId> ids);

  /**
   * What a memory said when, the oldest first and what it says now last; also of one that a policy
   * has forgotten. It reaches back for {@link Dynamics#historyTime}; changes of the same
   * millisecond count as one.
   */
  List<MemoryVersion> history(RecordId id);

  /**
   * The space as it was on record at an instant; see {@link PastSpace}. Takes about as long as
   * learning as many memories again.
   *
   * @throws InvalidInputException where that is in the future, or longer ago than {@link
   *     Dynamics#historyTime}, or there were more than {@link Limits#MAX_PAST_MEMORIES}
   */
  PastSpace asOf(Instant instant);

  /** What was used last, best kept first. */
  List<WorkingMemory> workingMemory();

  /** How this space learns, fades and forgets. */
  Dynamics dynamics();

  /** Changes how this space learns, fades and forgets, from now on. */
  void dynamics(Dynamics dynamics);

  /** The synapses that touch a memory, in both directions, strongest first. */
  List<Synapse> neighbours(RecordId id);

  /**
   * Spreads activation from some memories along synapses, and finds what it reaches, the most
   * active first. See {@link Activation}.
   *
   * @throws NotFoundException where a seed is not there
   */
  List<Activated> activate(Activation activation);

  /** What activation from one memory reaches. */
  default List<Activated> activate(RecordId seed) {
    return activate(Activation.of(seed));
  }

  /**
   * What a memory leads to, best first, with the paths. See {@link PathRecall}.
   *
   * @throws NotFoundException where the source is not there
   */
  List<PathRecollection> recall(PathRecall recall);

  /** What the space knows about a question, best first. */
  List<Recollection> recall(Recall recall);

  /**
   * Says whether a recall helped. The first time that it did, what was used of it is strengthened:
   * each memory is counted as accessed, and the synapses between them gain the learning rate times
   * the score. Possible for a week.
   *
   * @return whether anything was strengthened
   * @throws NotFoundException where there is no such recall, or it is too old
   */
  boolean feedback(Feedback feedback);

  /** The ten best memories about a question. */
  default List<Recollection> recall(String text) {
    return recall(Recall.about(text));
  }

  /** What kept a memory out of the answer to a recall, with its score as it would be. */
  WhyNot whyNot(RecordId id, Recall recall);

  /**
   * Looks through the whole space for what somebody may want to tidy: duplicates, what was never
   * recalled, what came back as new content, and what leads to something that is gone. Changes
   * nothing. Reads in parts, each of them one state, in bounded memory.
   */
  AuditReport audit(Audit audit, Progress progress);

  /** Looks for what somebody may want to tidy. */
  default AuditReport audit() {
    return audit(Audit.standard(), Progress.NONE);
  }

  /** A page of memories. */
  Page<Memory> scan(Scan scan);

  /** Live memories. */
  long count();

  /** Memories that have no vector yet because no embedder was there when they were learned. */
  long pending();

  /**
   * Embeds the pending memories with this store's embedder, in commits of a few hundred.
   *
   * @return memories embedded; 0 where the store has no embedder
   */
  long embedPending(Progress progress);
}
