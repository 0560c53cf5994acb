package dev.engram.cli;

import com.google.errorprone.annotations.MustBeClosed;
import dev.engram.EngramConfig;
import dev.engram.Keyring;
import dev.engram.Memory;
import dev.engram.spi.KeySource;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The {@code engram} command: the options that every command takes, and the list of commands. One
 * object serves one run; not thread-safe.
 */
@Command(
    name = "engram",
    version = "engram 0.1.0-SNAPSHOT",
    sortOptions = false,
    description = "A durable memory that learns and recalls.",
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:error",
      "2:wrong usage",
      "3:not found: store, space, memory or file",
      "4:conflict: it exists already, another writer was first, or the store is open elsewhere",
      "5:the store is damaged"
    },
    footerHeading = "%nTry it:%n",
    footer = {
      "  engram learn \"The kettle is in the left cupboard\"",
      "  engram import notes/",
      "  engram recall \"where is the kettle?\""
    },
    subcommands = {
      InitCommand.class,
      LearnCommand.class,
      RecallCommand.class,
      SearchCommand.class,
      GetCommand.class,
      HistoryCommand.class,
      ShowCommand.class,
      FeedbackCommand.class,
      AccessCommand.class,
      PinCommand.class,
      ImportanceCommand.class,
      AssociateCommand.class,
      NeighboursCommand.class,
      ActivateCommand.class,
      PathsCommand.class,
      HebbianCommand.class,
      CompeteCommand.class,
      InterfereCommand.class,
      SleepCommand.class,
      ConsolidateCommand.class,
      ReconsolidateCommand.class,
      WorkingCommand.class,
      DynamicsCommand.class,
      ForgetCommand.class,
      ForgettingsCommand.class,
      UndoCommand.class,
      MergeCommand.class,
      SupersedeCommand.class,
      EndCommand.class,
      AuditCommand.class,
      ImportCommand.class,
      ExportCommand.class,
      EmbedCommand.class,
      CollectionsCommand.class,
      RenameCommand.class,
      DropCommand.class,
      SnapshotCommand.class,
      BackupCommand.class,
      RestoreCommand.class,
      ArchiveCommand.class,
      RecoverCommand.class,
      FollowCommand.class,
      PromoteCommand.class,
      LogCommand.class,
      KeysCommand.class,
      StatsCommand.class,
      CheckCommand.class,
      RepairCommand.class,
      CompactCommand.class,
      MaintainCommand.class,
      AuditLogCommand.class,
      EvalCommand.class,
      DemoCommand.class,
      CompletionCommand.class,
      ShowHelpCommand.class
    })
final class Cli {
  static final String DEFAULT_STORE = "brain";
  static final String DEFAULT_SPACE = "default";

  @Option(
      names = "--store",
      scope = ScopeType.INHERIT,
      paramLabel = "DIR",
      order = 90,
      description = "Where the store is: $ENGRAM_STORE, or else ./brain.")
  @Nullable Path store;

  @Option(
      names = "--space",
      scope = ScopeType.INHERIT,
      paramLabel = "NAME",
      order = 91,
      description = "The memory space to use: 'default' unless given.")
  @Nullable String space;

  @Option(
      names = "--embedder",
      scope = ScopeType.INHERIT,
      paramLabel = "EMBEDDER",
      order = 92,
      description = {
        "What makes vectors of texts: minilm (a small local model, the",
        "default), none, or an OpenAI-compatible service by its address,",
        "such as http://localhost/v1; key from $ENGRAM_EMBEDDER_KEY."
      })
  String embedder = "minilm";

  @Option(
      names = "--model",
      scope = ScopeType.INHERIT,
      paramLabel = "NAME",
      order = 93,
      description = "The model to ask that service for.")
  @Nullable String model;

  @Option(
      names = "--key-file",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      order = 94,
      description = {
        "The keyring of an encrypted store: $ENGRAM_KEY_FILE, or else the",
        "keys in $ENGRAM_KEY. With a key, a store that is made is encrypted."
      })
  @Nullable Path keyFile;

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      order = 95,
      description = "Print JSON, one object a line, instead of text.")
  boolean json;

  @Option(
      names = "--quiet",
      scope = ScopeType.INHERIT,
      order = 96,
      description = "Print no messages but errors.")
  boolean quiet;

  @Option(
      names = {"-h", "--help"},
      scope = ScopeType.INHERIT,
      usageHelp = true,
      order = 97,
      description = "Print this help.")
  boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      order = 98,
      description = "Print the version.")
  boolean version;

  @Spec CommandSpec spec = CommandSpec.create();

  private final Console console;

  Cli(Console console) {
    this.console = console;
  }

  /** Runs one command in this process and returns its exit code; never throws, never exits. */
  static int run(String[] args, InputStream in, PrintStream out, PrintStream err) {
    return run(args, new Console(in, out, err, System.getenv()));
  }

  static int run(String[] args, Console console) {
    int code = commandLine(console).execute(args);
    if (code == ExitCode.OK && console.out().checkError()) {
      console.err().println("error: the output could not be written (storage)");
      return ExitCode.ERROR;
    }
    return code;
  }

  /** The parser of the whole command line. */
  static CommandLine commandLine(Console console) {
    Failures failures = new Failures(console);
    CommandLine line = new CommandLine(new Cli(console));
    CommandGroups.install(line);
    return line.registerConverter(Duration.class, new DurationText())
        .setUsageHelpWidth(100)
        .setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8))
        .setExecutionExceptionHandler((failure, command, _) -> failures.report(failure, command))
        .setParameterExceptionHandler((failure, _) -> failures.usage(failure));
  }

  Console console() {
    return console;
  }

  boolean json() {
    return json;
  }

  /** The directory of the store. */
  Path directory() {
    if (store != null) {
      return store;
    }
    String variable = console.environment().get("ENGRAM_STORE");
    return Path.of(variable == null || variable.isBlank() ? DEFAULT_STORE : variable);
  }

  /** How the store is opened: with the key, if one is given. */
  EngramConfig config(boolean create) {
    return config(directory()).createIfMissing(create);
  }

  /**
   * How a store is opened in a directory: with the key, if one is given, and by $ENGRAM_ACTOR,
   * where the environment names one.
   */
  EngramConfig config(Path where) {
    EngramConfig config = EngramConfig.at(where);
    String actor = console.environment().get("ENGRAM_ACTOR");
    config = actor == null || actor.isBlank() ? config : config.actor(actor);
    KeySource keys = keys();
    return keys == null ? config : config.encryption(keys);
  }

  /** The master keys that are given; null for none. */
  @Nullable KeySource keys() {
    String file = console.environment().get("ENGRAM_KEY_FILE");
    String text = console.environment().get(Keyring.VARIABLE);
    if (keyFile != null) {
      return Keyring.at(keyFile);
    } else if (file != null && !file.isBlank()) {
      return Keyring.at(Path.of(file));
    }
    return text == null || text.isBlank() ? null : Keyring.of(text);
  }

  /** The master keys, which must be given. */
  KeySource requireKeys(CommandSpec command) {
    KeySource keys = keys();
    if (keys == null) {
      throw new ParameterException(
          command.commandLine(),
          "give a key: --key-file FILE, $ENGRAM_KEY_FILE or $ENGRAM_KEY; 'engram keys new' makes"
              + " one");
    }
    return keys;
  }

  String spaceName() {
    return space == null ? DEFAULT_SPACE : space;
  }

  /** Opens the store, which must be there, without a model. */
  @MustBeClosed
  Session open() {
    return Session.open(config(false));
  }

  /** Opens the store with the chosen embedder. */
  @MustBeClosed
  Session openWithEmbedder(boolean create) {
    return Session.open(config(create), Embedders.load(this));
  }

  /** Prints the id of what was learned; all of it as JSON where that is wanted. */
  void printLearned(Memory memory) {
    if (json) {
      Json.print(console.out(), Json.memory(memory));
    } else {
      console.out().println(memory.id());
    }
  }

  /** Tells what was done: as JSON on standard output where wanted, and as a message. */
  void done(Object report, String message) {
    if (json) {
      Json.print(console.out(), report);
    }
    say(message);
  }

  /** Prints a message for people, unless they want none. */
  void say(String message) {
    if (!quiet) {
      console.err().println(message);
    }
  }
}
