package dev.engram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.objectstore.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the guides, run one after the other as they stand there. */
class GuideTest {
  private static final Path GUIDES = Path.of("..", "docs", "guides");
  private static final Pattern ARGUMENT = Pattern.compile("(?:[^\\s\"]|\"[^\"]*\")+");

  @TempDir Path folder;

  @Test
  void theCommandsOnSnapshotsAndBackupsWork() throws IOException {
    List<List<String>> commands = commands("snapshots-and-backups.md");
    assertTrue(commands.size() > 15, commands::toString);
    S3Server.shared().makeBucket("my-bucket");
    try (S3Server.Settings _ = S3Server.shared().settings()) {
      for (List<String> command : commands) {
        Run _ = run(command.toArray(String[]::new)).ok();
      }
    }
    assertTrue(run("snapshot", "list").ok().out().startsWith("second  "));
    for (String restored : List.of("brain-again", "brain-from-s3")) {
      Run recalled = run("recall", "green tea", "--store", folder.resolve(restored).toString());
      assertTrue(recalled.ok().out().contains("Alice prefers green tea"), recalled.out());
    }
  }

  @Test
  void theCommandsOnArchivesAndRecoveryWork() throws IOException {
    List<List<String>> commands = commands("archive-and-recovery.md");
    assertTrue(commands.size() > 12, commands::toString);
    for (List<String> command : commands) {
      Run _ = run(command.toArray(String[]::new)).ok();
    }
    for (String store : List.of("brain-then", "brain-named", "brain-again")) {
      Run recalled = run("recall", "green tea", "--store", folder.resolve(store).toString());
      assertTrue(recalled.ok().out().contains("Alice prefers green tea"), recalled.out());
    }
  }

  @Test
  void theCommandsOnFollowersWork() throws IOException {
    List<List<String>> commands = commands("following.md");
    assertTrue(commands.size() > 12, commands::toString);
    for (List<String> command : commands) {
      Run _ = run(command.toArray(String[]::new)).ok();
    }
    String follower = folder.resolve("brain-follower").toString();
    for (String known : List.of("green tea", "Kyoto", "sings")) {
      Run recalled = run("recall", known, "--store", follower).ok();
      assertTrue(recalled.out().contains(known), recalled.out());
    }
    assertTrue(!run("recall", "sings").ok().out().contains("sings"));
  }

  @Test
  void theCommandsOnEncryptionWork() throws IOException {
    List<List<String>> commands = commands("encryption.md");
    assertTrue(commands.size() > 20, commands::toString);
    for (List<String> command : commands) {
      Run _ = run(command.toArray(String[]::new)).ok();
    }
    String theirs = folder.resolve("brain-theirs").toString();
    assertTrue(run("recall", "tea", "--store", theirs).ok().out().contains("prefers"));
    String keyring = folder.resolve("engram.keyring").toString();
    for (String store : List.of("brain", "brain-again", "brain-encrypted")) {
      String at = folder.resolve(store).toString();
      Run recalled = run("recall", "tea", "--store", at, "--key-file", keyring).ok();
      assertTrue(recalled.out().contains("prefers"), recalled.out());
      assertTrue(run("recall", "tea", "--store", at).expect(1).err().contains("(encryption)"));
    }
  }

  @Test
  void theCommandsOnIntegrityAndMaintenanceWork() throws IOException {
    List<List<String>> commands = commands("integrity-and-maintenance.md");
    assertTrue(commands.size() > 10, commands::toString);
    for (List<String> command : commands) {
      Run _ = run(command.toArray(String[]::new)).ok();
    }
    assertTrue(run("stats").ok().out().contains("last check"));
    assertEquals("ok\n", run("check", "--quiet").ok().out());
  }

  @Test
  void theCommandsOnTheAuditLogWork() throws IOException {
    List<List<String>> commands = commands("audit-log.md");
    assertTrue(commands.size() > 9, commands::toString);
    for (List<String> command : commands) {
      Run _ = run(command.toArray(String[]::new)).ok();
    }
    assertTrue(Files.readAllLines(folder.resolve("audit.jsonl")).size() > 2);
    assertTrue(run("audit-log", "show").ok().out().contains("audit-log off"));
  }

  private Run run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    if (List.of("learn", "recall", "import").contains(all.getFirst())) {
      all.addAll(List.of("--embedder", "none"));
    }
    Map<String, String> environment = Map.of("ENGRAM_STORE", folder.resolve("brain").toString());
    return Run.with(environment, "", all.toArray(String[]::new));
  }

  /** The lines of a guide's blocks that begin with {@code ./engram}, with paths in the folder. */
  private List<List<String>> commands(String guide) throws IOException {
    List<List<String>> commands = new ArrayList<>();
    for (String line : Files.readAllLines(GUIDES.resolve(guide))) {
      if (line.startsWith("./engram ")) {
        commands.add(arguments(line.substring("./engram ".length())));
      }
    }
    return commands;
  }

  private List<String> arguments(String line) {
    List<String> arguments = new ArrayList<>();
    Matcher parts = ARGUMENT.matcher(line);
    while (parts.find()) {
      String server = S3Server.shared().endpoint().toString();
      String part = parts.group().replace("\"", "").replace("http://localhost:9000", server);
      boolean path =
          part.startsWith("/mnt/") || part.startsWith("brain-") || part.endsWith(".jsonl");
      arguments.add(
          path ? folder.resolve(part.substring(part.lastIndexOf('/') + 1)).toString() : part);
    }
    return arguments;
  }
}
