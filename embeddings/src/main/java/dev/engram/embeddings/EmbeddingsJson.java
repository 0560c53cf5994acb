package dev.engram.embeddings;

import dev.engram.MismatchException;
import dev.engram.UnavailableException;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON of an OpenAI-compatible embeddings call. Checks everything that a service may get wrong;
 * never puts what it read into a message. Stateless.
 */
final class EmbeddingsJson {
  private static final JsonMapper JSON = new JsonMapper();

  private EmbeddingsJson() {}

  static byte[] request(String model, List<String> texts) {
    ObjectNode request = JSON.createObjectNode();
    request.put("model", model);
    ArrayNode input = request.putArray("input");
    texts.forEach(input::add);
    request.put("encoding_format", "float");
    return JSON.writeValueAsBytes(request);
  }

  /**
   * The vectors of a response, in the order of the texts.
   *
   * @param texts how many were sent
   * @param dimension what every vector must have; 0 if that is not known yet, then all must agree
   * @throws UnavailableException if this is not such a response
   * @throws MismatchException if the dimension is another
   */
  static List<float[]> vectors(byte[] response, int texts, int dimension) {
    JsonNode data = parse(response).path("data");
    if (!data.isArray() || data.size() != texts) {
      throw malformed("vectors=" + data.size() + ", texts=" + texts);
    }
    float[][] vectors = new float[texts][0];
    int expected = dimension;
    for (int i = 0; i < texts; i++) {
      JsonNode entry = data.get(i);
      int index = entry.path("index").asInt(i);
      if (index < 0 || index >= texts || vectors[index].length > 0) {
        throw malformed("index=" + index + ", texts=" + texts);
      }
      float[] vector = vector(entry.path("embedding"), index);
      expected = expected == 0 ? vector.length : expected;
      checkDimension(vector.length, expected);
      vectors[index] = vector;
    }
    return List.copyOf(Arrays.asList(vectors));
  }

  private static JsonNode parse(byte[] response) {
    try {
      return JSON.readTree(response);
    } catch (JacksonException e) {
      throw malformed("bytes=" + response.length); // the cause would quote the response
    }
  }

  private static float[] vector(JsonNode numbers, int index) {
    if (!numbers.isArray() || numbers.isEmpty()) {
      throw malformed("index=" + index + ", embedding=missing");
    }
    float[] vector = new float[numbers.size()];
    for (int i = 0; i < vector.length; i++) {
      JsonNode number = numbers.get(i);
      vector[i] = number.isNumber() ? (float) number.doubleValue() : Float.NaN;
      if (!Float.isFinite(vector[i])) {
        throw malformed("index=" + index + ", component=" + i + ", finite=false");
      }
    }
    return vector;
  }

  private static void checkDimension(int actual, int expected) {
    if (actual != expected) {
      throw new MismatchException(
          "embedder answered with another dimension: dimension="
              + actual
              + ", expected="
              + expected
              + "; use the model that the collection was filled with, or re-index");
    }
  }

  private static UnavailableException malformed(String what) {
    return new UnavailableException(
        "embedder gave no usable answer: "
            + what
            + "; check that the base address is that of an OpenAI-compatible service");
  }
}
