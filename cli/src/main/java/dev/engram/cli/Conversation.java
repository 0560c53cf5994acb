package dev.engram.cli;

import dev.engram.InvalidInputException;
import dev.engram.Learning;
import dev.engram.Metadata;
import dev.engram.Provenance;
import dev.engram.RecordId;
import dev.engram.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A conversation in the shape of the LoCoMo data set: sessions of turns, and questions with the
 * turns that answer them. Immutable.
 *
 * @param id its {@code sample_id}
 * @param turns what was said, in order
 * @param questions what is asked about it; empty where the file asks nothing
 */
record Conversation(String id, List<Turn> turns, List<Question> questions) {
  /** Metadata key of when the session was, as the file writes it. */
  static final String DATE = "date";

  private static final Pattern SESSION = Pattern.compile("session_(\\d{1,9})");
  private static final Pattern EVIDENCE = Pattern.compile("D:?(\\d{1,9}):(\\d{1,9})");

  /**
   * What one speaker said at once.
   *
   * @param id such as {@code D3:12}: session 3, turn 12
   * @param session such as {@code session_3}
   * @param date when the session was, as the file writes it; may be empty
   * @param text what was said, and what the picture with it shows
   */
  record Turn(String id, String speaker, String session, String date, String text) {
    /** The turn as something to learn. */
    Learning learning(String memoryId, String conversation) {
      Metadata metadata = Metadata.of(Scope.SPEAKER, speaker, Scope.SESSION, session);
      Learning learning =
          note(memoryId, conversation)
              .withMetadata(date.isEmpty() ? metadata : metadata.with(DATE, date));
      return SessionDate.parse(date).map(learning::occurredAt).orElse(learning);
    }

    /** The turn alone: nobody knows who said it, in which session, and when. */
    Learning note(String memoryId, String conversation) {
      return Learning.of(text)
          .withId(RecordId.of(memoryId))
          .from(new Provenance(conversation, id))
          .allowDuplicates();
    }
  }

  /**
   * A question about the conversation.
   *
   * @param category number of its kind
   * @param evidence ids of the turns that answer it, as far as they are there
   */
  record Question(String text, int category, Set<String> evidence) {
    Question {
      evidence = Set.copyOf(evidence);
    }
  }

  Conversation {
    turns = List.copyOf(turns);
    questions = List.copyOf(questions);
  }

  /** Reads a file of conversations, whole. */
  static List<Conversation> read(Path file) throws IOException {
    byte[] bytes = Sources.bytes(file, Sources.MAX_CONVERSATIONS_BYTES);
    try {
      JsonNode root = Json.parse(bytes);
      if (!root.isArray()) {
        throw new InvalidInputException("it is not a list of conversations");
      }
      List<Conversation> conversations = new ArrayList<>();
      for (int i = 0; i < root.size(); i++) {
        conversations.add(conversation(root.get(i), "[" + i + "]"));
      }
      return conversations;
    } catch (JacksonException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      throw failure(file, "line=" + line + ": it is not JSON"); // the cause would quote the file
    } catch (InvalidInputException e) {
      throw failure(file, String.valueOf(e.getMessage()));
    }
  }

  private static InvalidInputException failure(Path file, String what) {
    return new InvalidInputException(
        "cannot read conversations: file=" + file.getFileName() + ", " + what);
  }

  private static Conversation conversation(JsonNode node, String at) {
    String id = string(node, "sample_id", at);
    JsonNode talk = node.path("conversation");
    if (!talk.isObject()) {
      throw new InvalidInputException("field=" + at + ".conversation: it is missing");
    }
    TreeMap<Integer, String> sessions = new TreeMap<>();
    for (String name : talk.propertyNames()) {
      Matcher matcher = SESSION.matcher(name);
      if (matcher.matches()) {
        sessions.put(Integer.parseInt(matcher.group(1)), name);
      }
    }
    List<Turn> turns = new ArrayList<>();
    for (String session : sessions.values()) {
      addTurns(turns, talk, session, at + ".conversation." + session);
    }
    return new Conversation(id, turns, questions(node.path("qa"), turns, at + ".qa"));
  }

  private static void addTurns(List<Turn> turns, JsonNode talk, String session, String at) {
    JsonNode nodes = talk.get(session);
    if (!nodes.isArray()) {
      throw new InvalidInputException("field=" + at + ": it is not a list of turns");
    }
    String date = talk.path(session + "_date_time").asString("");
    for (int i = 0; i < nodes.size(); i++) {
      JsonNode node = nodes.get(i);
      String place = at + "[" + i + "]";
      String speaker = string(node, "speaker", place);
      turns.add(new Turn(string(node, "dia_id", place), speaker, session, date, text(node, place)));
    }
  }

  private static String text(JsonNode node, String at) {
    JsonNode caption = node.path("blip_caption");
    String text = string(node, "text", at);
    return caption.isString() ? text + " [image: " + caption.asString() + "]" : text;
  }

  private static List<Question> questions(JsonNode nodes, List<Turn> turns, String at) {
    if (!nodes.isMissingNode() && !nodes.isNull() && !nodes.isArray()) {
      throw new InvalidInputException("field=" + at + ": it is not a list of questions");
    }
    Set<String> known = new LinkedHashSet<>();
    turns.forEach(turn -> known.add(turn.id()));
    List<Question> questions = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      JsonNode node = nodes.get(i);
      Set<String> evidence = new LinkedHashSet<>();
      for (JsonNode written : node.path("evidence")) {
        evidence.addAll(evidence(written.asString("")));
      }
      evidence.retainAll(known);
      String text = string(node, "question", at + "[" + i + "]");
      questions.add(new Question(text, node.path("category").asInt(0), evidence));
    }
    return questions;
  }

  /** The turn ids in a citation, which may be several, and loosely written. */
  static Set<String> evidence(String written) {
    Set<String> ids = new LinkedHashSet<>();
    Matcher matcher = EVIDENCE.matcher(written);
    while (matcher.find()) {
      int session = Integer.parseInt(matcher.group(1));
      int turn = Integer.parseInt(matcher.group(2));
      ids.add("D" + session + ":" + turn);
    }
    return ids;
  }

  private static String string(JsonNode node, String field, String at) {
    JsonNode value = node.path(field);
    if (!value.isString()) {
      throw new InvalidInputException(
          "field=" + at + "." + field + ": it is missing, or not a string");
    }
    return value.asString();
  }
}
