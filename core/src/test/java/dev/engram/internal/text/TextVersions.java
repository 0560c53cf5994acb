package dev.engram.internal.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/** The version that a text index says it has. Static functions only. */
public final class TextVersions {
  private TextVersions() {}

  /** As it was committed last. */
  public static String get(Path index) throws IOException {
    try (Directory directory = FSDirectory.open(index)) {
      Map<String, String> data = SegmentInfos.readLatestCommit(directory).getUserData();
      return String.valueOf(data.get(TextLayout.COMMIT_VERSION));
    }
  }

  /** Makes it say another one. */
  public static void set(Path index, String version) throws IOException {
    try (Directory directory = FSDirectory.open(index);
        IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig())) {
      Map<String, String> data = new HashMap<>();
      writer.getLiveCommitData().forEach(entry -> data.put(entry.getKey(), entry.getValue()));
      data.put(TextLayout.COMMIT_VERSION, version);
      writer.setLiveCommitData(data.entrySet());
      long _ = writer.commit();
    }
  }
}
