package dev.engram.internal.backup;

import dev.engram.CorruptStoreException;
import dev.engram.EngramException;
import dev.engram.StorageException;
import dev.engram.internal.format.ManifestLayout.Entry;
import dev.engram.internal.format.ManifestLayout.Manifest;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.LogFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts files of backups in the place of damaged ones, in a copy of a closed log. A file of the log
 * is written once, or only grows, and its number is never used again on a timeline; so a backup of
 * the same timeline has what was damaged, or how it began. Whether the whole is right again, who
 * opens it finds. Not thread-safe.
 */
public final class LogMender {
  private static final String LOG = "log/";

  private final BackupFiles files;
  private final List<Manifest> backups;
  private final Path log;
  private final Meter meter;
  private final List<String> mended = new ArrayList<>();

  /**
   * @param backups of the timeline of the log, newest first
   * @param log the directory of a copy of it, whose files may be links
   */
  public LogMender(BackupFiles files, List<Manifest> backups, Path log, Meter meter) {
    this.files = files;
    this.backups = List.copyOf(backups);
    this.log = log;
    this.meter = meter;
  }

  /**
   * Replaces each damaged file that a backup has.
   *
   * @return what was done
   * @throws CorruptStoreException where a damaged file is in no backup
   */
  public List<String> mendDamaged() {
    for (String name : Directories.names(log)) {
      String problem = problem(log.resolve(name));
      if (!problem.isEmpty()) {
        mend(name, problem);
      }
    }
    return List.copyOf(mended);
  }

  /**
   * Adds the files of the newest backup that are missing. Those that the log does not need go when
   * it is opened.
   *
   * @return what was done
   */
  public List<String> addMissing() {
    for (Entry file : backups.getFirst().files()) {
      String name = nameOf(file);
      if (LogFiles.isConstant(name) && !Files.exists(log.resolve(name))) {
        fetch(file, name);
        mended.add("took a missing file from a backup: file=" + name);
      }
    }
    return List.copyOf(mended);
  }

  private void mend(String name, String problem) {
    for (Manifest backup : backups) {
      Entry held = held(backup, name);
      if (held != null && mendFrom(held, name)) {
        mended.add("took a damaged file from a backup: file=" + name + ", id=" + backup.name());
        return;
      }
    }
    // The end of one that grows may be what a crash has left, which opening the log settles.
    if (!LogFiles.isAppended(name)) {
      throw new CorruptStoreException("no backup has the damaged file: " + problem);
    }
  }

  private static @Nullable Entry held(Manifest backup, String name) {
    return backup.files().stream().filter(f -> nameOf(f).equals(name)).findFirst().orElse(null);
  }

  private static String nameOf(Entry file) {
    return file.path().startsWith(LOG) ? file.path().substring(LOG.length()) : "";
  }

  private boolean mendFrom(Entry held, String name) {
    Path place = log.resolve(name);
    Path damaged = log.resolve(name + ".damaged");
    try {
      Files.move(place, damaged, StandardCopyOption.ATOMIC_MOVE);
      fetch(held, name);
      if (LogFiles.isAppended(name)) {
        appendRest(damaged, place);
      }
      if (problem(place).isEmpty()) {
        Files.delete(damaged);
        return true;
      }
      Files.move(damaged, place, StandardCopyOption.REPLACE_EXISTING);
      return false;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void fetch(Entry file, String name) {
    files.fetch(file, log.resolve(name), meter);
  }

  /** What a file that grows had got since the backup. */
  private static void appendRest(Path longer, Path place) throws IOException {
    try (InputStream in = Files.newInputStream(longer);
        OutputStream out = Files.newOutputStream(place, StandardOpenOption.APPEND)) {
      in.skipNBytes(Math.min(Files.size(place), Files.size(longer)));
      long _ = in.transferTo(out);
    }
  }

  /** What is wrong with a file by itself; empty where nothing is. */
  private String problem(Path file) {
    meter.now("checking " + file.getFileName());
    try {
      LogFiles.verify(file, meter::pass);
      return "";
    } catch (CorruptStoreException e) {
      return String.valueOf(e.getMessage());
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private EngramException failed(IOException e) {
    return new StorageException("the log cannot be mended: path=" + log + ", why=" + e, e);
  }
}
