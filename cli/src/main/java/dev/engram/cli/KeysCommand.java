package dev.engram.cli;

import dev.engram.Encryption;
import dev.engram.EncryptionException;
import dev.engram.EncryptionInfo;
import dev.engram.EngramConfig;
import dev.engram.InvalidInputException;
import dev.engram.Keyring;
import dev.engram.Transfer;
import dev.engram.spi.KeySource;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Keys of encrypted stores. */
@Command(
    name = "keys",
    description = {
      "Make, change and tell the keys of encrypted stores.",
      "A store is encrypted by data keys, which lie in it, wrapped by a master key, which does not:"
          + " whoever loses the master key loses the store."
    },
    synopsisSubcommandLabel = "ACT",
    footer = {
      "%nExample:",
      "  engram keys new /media/safe/engram.keyring",
      "  engram init --encrypt --key-file /media/safe/engram.keyring"
    })
final class KeysCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(),
        "say what to do: new, status, rotate, reseal, prune, shred, rewrap, encrypt or needed");
  }

  @Command(
      name = "new",
      description = {
        "Make a master key in a new file, which only its owner may read.",
        "Keep a copy of the file in a safe place, and none beside the store or its backups."
      })
  int create(
      @Parameters(paramLabel = "FILE", description = "The keyring to make.") Path file,
      @Option(
              names = "--add",
              description = "Add the key to a keyring that is there; it is the current one then.")
          boolean add) {
    String id = add ? Keyring.add(file) : Keyring.create(file);
    cli.done(
        Json.object("masterKey", id, "file", file.toString()),
        "made the master key " + id + " in " + file);
    return ExitCode.OK;
  }

  @Command(name = "status", description = "Print which keys the store has; none of them is shown.")
  int status() {
    try (Session session = cli.open()) {
      EncryptionInfo info = encryption(session).info();
      if (cli.json()) {
        Json.print(cli.console().out(), json(info));
        return ExitCode.OK;
      }
      cli.console().out().println("master key " + info.masterKey());
      for (EncryptionInfo.DataKey key : info.dataKeys()) {
        String use = key.equals(info.dataKeys().getLast()) ? "  seals" : "  opens";
        cli.console().out().println("data key " + key.id() + "  " + key.createdAt() + use);
      }
    }
    return ExitCode.OK;
  }

  @Command(
      name = "rotate",
      description = {
        "Make a new data key, by which everything is sealed from now on.",
        "What was written before stays under the key of then, and readable; 'reseal' changes that."
      })
  int rotate() {
    try (Session session = cli.open()) {
      int id = encryption(session).rotate();
      cli.done(Json.object("dataKey", id), "made the data key " + id);
    }
    return ExitCode.OK;
  }

  @Command(
      name = "reseal",
      description = {
        "Seal everything anew that is under an older data key.",
        "Writes the store once. Snapshots and backups stay as they are."
      })
  int reseal() {
    try (Session session = cli.open();
        ProgressLine progress = ProgressLine.of(cli)) {
      long values = encryption(session).reseal(progress);
      cli.done(Json.object("values", values), "sealed " + values + " values anew");
    }
    return ExitCode.OK;
  }

  @Command(
      name = "prune",
      description = {
        "Remove the data keys that nothing in the store and its snapshots needs any more.",
        "Reads all of it. What was left of older values can be read by nobody then; backups stay as"
            + " they are."
      })
  int prune() {
    try (Session session = cli.open();
        ProgressLine progress = ProgressLine.of(cli)) {
      List<Integer> removed = encryption(session).prune(progress);
      cli.done(
          Json.object("removed", removed),
          removed.isEmpty()
              ? "removed no data key; 'engram keys reseal' and deleting snapshots set older ones"
                  + " free"
              : "removed the data keys " + removed);
    }
    return ExitCode.OK;
  }

  @Command(
      name = "shred",
      description = {
        "Let nobody read what was deleted so far, such as a dropped space, wherever it still lies.",
        "Writes the store once, under a new data key, and removes the older ones. Snapshots and"
            + " backups of before stay readable: delete them too."
      })
  int shred() {
    try (ProgressLine progress = ProgressLine.of(cli)) {
      long values;
      try (Session session = cli.open()) {
        values = encryption(session).shred(progress);
      }
      // What was prepared under the older keys may come in until the store is closed.
      try (Session session = cli.open()) {
        Encryption encryption = encryption(session);
        List<Integer> removed = encryption.prune(progress);
        List<Integer> kept = older(encryption.info());
        cli.done(
            Json.object("values", values, "removed", removed, "kept", kept),
            "sealed "
                + values
                + " values anew, removed the data keys "
                + removed
                + (kept.isEmpty() ? "" : "; still needed, by snapshots say: data keys " + kept));
      }
    }
    return ExitCode.OK;
  }

  /** All but the one that seals. */
  private static List<Integer> older(EncryptionInfo info) {
    return info.dataKeys().stream()
        .map(EncryptionInfo.DataKey::id)
        .limit(info.dataKeys().size() - 1L)
        .toList();
  }

  @Command(
      name = "rewrap",
      description = {
        "Wrap the data keys by the newest master key of the keyring.",
        "The master key of before opens the store no more, but still its backups of then."
      })
  int rewrap() {
    try (Session session = cli.open()) {
      String id = encryption(session).rewrap();
      cli.done(Json.object("masterKey", id), "the master key is " + id);
    }
    return ExitCode.OK;
  }

  @Command(
      name = "encrypt",
      description = {
        "Make an encrypted copy of a store that is not encrypted.",
        "The store stays as it is; delete it, with its snapshots and backups, when the copy is"
            + " good."
      })
  int encrypt(
      @Parameters(paramLabel = "DIR", description = "Where: a new or empty directory.")
          Path directory) {
    KeySource keys = cli.requireKeys(spec);
    EngramConfig plain = EngramConfig.at(cli.directory()).createIfMissing(false);
    try (Session session = Session.open(plain)) {
      session.engram().saveTo(directory, keys);
    }
    cli.done(Json.object("store", directory.toString()), "made an encrypted store in " + directory);
    return ExitCode.OK;
  }

  @Command(
      name = "needed",
      description = {
        "Print the id of the master key that opens an encrypted export.",
        "Needs no key and no store."
      })
  int needed(@Parameters(paramLabel = "FILE", description = "The export.") Path file) {
    String id =
        Transfer.masterKeyOf(file)
            .orElseThrow(
                () -> new InvalidInputException("it is no encrypted export: file=" + file));
    if (cli.json()) {
      Json.print(cli.console().out(), Json.object("masterKey", id, "file", file.toString()));
    } else {
      cli.console().out().println(id);
    }
    return ExitCode.OK;
  }

  private static Encryption encryption(Session session) {
    return session
        .engram()
        .encryption()
        .orElseThrow(() ->
            new EncryptionException(
                "the store is not encrypted; 'engram keys encrypt' makes an encrypted copy"));
  }

  private static ObjectNode json(EncryptionInfo info) {
    ObjectNode node = Json.object("masterKey", info.masterKey());
    ArrayNode keys = node.putArray("dataKeys");
    for (EncryptionInfo.DataKey key : info.dataKeys()) {
      keys.add(Json.object("id", key.id(), "createdAt", key.createdAt().toString()));
    }
    return node;
  }
}
