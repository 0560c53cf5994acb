package dev.engram.embeddings;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.engram.InvalidInputException;
import dev.engram.UnavailableException;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The loaded model, one per process: tokenizer, network, and the mean of the network's output over
 * the tokens. One text runs on the calling thread only. Thread-safe.
 *
 * <p>The tokenizer that comes with the weights, and the encoder of the library that packs them, cut
 * every text at 128 tokens without a word. Here the text is cut into windows of the length that the
 * model is published with, and their vectors are averaged.
 */
final class MiniLmModel {
  /** Tokens that the model reads at once, the two that mark begin and end included. */
  static final int WINDOW = 256;

  static final int DIMENSION = 384;

  private static final String WEIGHTS = "/all-minilm-l6-v2-q.onnx";
  private static final String TOKENIZER = "/all-minilm-l6-v2-q-tokenizer.json";
  private static final long BEGIN = 101;
  private static final long END = 102;
  private static final Object LOADING = new Object();

  @GuardedBy("LOADING")
  private static @Nullable MiniLmModel loaded;

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final HuggingFaceTokenizer tokenizer;

  private MiniLmModel(
      OrtEnvironment environment, OrtSession session, HuggingFaceTokenizer tokenizer) {
    this.environment = environment;
    this.session = session;
    this.tokenizer = tokenizer;
  }

  /**
   * The model, loaded by the first call. A failed load is tried again by the next one.
   *
   * @throws UnavailableException if it does not load on this machine
   */
  static MiniLmModel shared() {
    synchronized (LOADING) {
      if (loaded == null) {
        loaded = load();
      }
      return loaded;
    }
  }

  /**
   * The unit vector of a text.
   *
   * @param index the text's place among those of the caller, for messages
   * @throws InvalidInputException if the text has no token
   */
  float[] vector(String text, int index) {
    long[] tokens = tokenizer.encode(text, false, false).getIds();
    if (tokens.length == 0) {
      throw new InvalidInputException(
          "text refused: provider=minilm, index=" + index + "; it has no token, leave it out");
    }
    float[] sum = new float[DIMENSION];
    int piece = WINDOW - 2;
    for (int from = 0; from < tokens.length; from += piece) {
      int to = Math.min(tokens.length, from + piece);
      float[] mean = normalise(mean(run(window(tokens, from, to))));
      for (int i = 0; i < DIMENSION; i++) {
        sum[i] += mean[i] * (to - from);
      }
    }
    return normalise(sum);
  }

  private float[][] run(long[] window) {
    long[] ones = new long[window.length];
    Arrays.fill(ones, 1);
    try (OnnxTensor tokens = tensor(window);
        OnnxTensor mask = tensor(ones);
        OnnxTensor types = tensor(new long[window.length]);
        OrtSession.Result result =
            session.run(
                Map.of("input_ids", tokens, "attention_mask", mask, "token_type_ids", types))) {
      return ((float[][][]) result.get(0).getValue())[0];
    } catch (OrtException e) {
      throw new UnavailableException(
          "embedding failed: provider=minilm, tokens=" + window.length + "; see the cause", e);
    }
  }

  private OnnxTensor tensor(long[] values) throws OrtException {
    return OnnxTensor.createTensor(environment, new long[][] {values});
  }

  private static long[] window(long[] tokens, int from, int to) {
    long[] window = new long[to - from + 2];
    window[0] = BEGIN;
    System.arraycopy(tokens, from, window, 1, to - from);
    window[window.length - 1] = END;
    return window;
  }

  private static float[] mean(float[][] rows) {
    float[] mean = new float[DIMENSION];
    for (float[] row : rows) {
      for (int i = 0; i < DIMENSION; i++) {
        mean[i] += row[i] / rows.length;
      }
    }
    return mean;
  }

  private static float[] normalise(float[] vector) {
    double squares = 0;
    for (float component : vector) {
      squares += (double) component * component;
    }
    double scale = 1 / Math.sqrt(squares);
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (vector[i] * scale);
    }
    return vector;
  }

  private static MiniLmModel load() {
    try {
      return NativeLibraries.unpacked(MiniLmModel::read);
    } catch (IOException | OrtException | LinkageError | RuntimeException e) {
      throw new UnavailableException(
          "model did not load: provider=minilm, os="
              + System.getProperty("os.name")
              + ", arch="
              + System.getProperty("os.arch")
              + "; see the cause, or set the system property "
              + NativeLibraries.DIRECTORY_PROPERTY
              + " to a private directory that allows executable files",
          e);
    }
  }

  private static MiniLmModel read() throws IOException, OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    environment.setTelemetry(false);
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        InputStream weights = open(WEIGHTS);
        InputStream vocabulary = open(TOKENIZER)) {
      options.setIntraOpNumThreads(1);
      Map<String, String> whole = Map.of("padding", "false", "truncation", "false");
      HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(vocabulary, whole);
      return new MiniLmModel(
          environment, environment.createSession(weights.readAllBytes(), options), tokenizer);
    }
  }

  private static InputStream open(String file) throws IOException {
    InputStream in = AllMiniLmL6V2QuantizedEmbeddingModel.class.getResourceAsStream(file);
    if (in == null) {
      throw new FileNotFoundException("missing on the class path: file=" + file);
    }
    return in;
  }
}
