package dev.dbosj.cli;

import dev.dbosj.DBOSClient;
import dev.dbosj.DBOSConfig;
import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The system database that a command is about. */
final class Database {
    private static final Pattern SQLITE = Pattern.compile("(?:jdbc:)?sqlite:(?<path>.+)");

    private final Terminal terminal;

    @Option(
            names = {"-D", "--db"},
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description = "the system database, sqlite:orders.db or postgresql://user@host/name; default: the environment"
                    + " variable " + DBOSConfig.DATABASE_URL_VARIABLE + ", or else the only one in this folder. A password"
                    + " is better in " + Password.VARIABLE + " or in ~/.pgpass, or is asked for: here everybody sees it")
    private String url;

    @Spec(Target.MIXEE)
    private CommandSpec command;

    private DBOSConfig config;

    Database(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Connects to the database, which must exist: a mistyped name must not become a new one. */
    DBOSClient connect() {
        return use(named -> {
            requireFile(named.databaseUrl());
            return DBOSClient.connect(named);
        });
    }

    /**
     * Does something with the database as it is: whether its tables are to be changed is for {@code migrate} to say. If
     * its server wants a password that nobody has named, it is asked for once.
     */
    <T> T use(Function<DBOSConfig, T> act) {
        if (config == null) config = DBOSConfig.named("dbos-cli").databaseUrl(url()).migrate(false);
        try {
            return act.apply(config);
        } catch (SystemDatabaseException failure) {
            if (!Password.isWanted(failure)) throw failure;
            config = config.databaseUrl(Password.into(config.databaseUrl(), terminal, failure));
            return act.apply(config);
        }
    }

    private String url() {
        var named = url == null ? terminal.environment().get(DBOSConfig.DATABASE_URL_VARIABLE) : url;
        if (named != null && !named.isBlank()) return named;
        var files = DatabaseFiles.in(terminal.folder());
        if (files.size() == 1) return "sqlite:" + files.getFirst();
        var paths = files.stream().map(Path::toString).toList();
        var found = files.isEmpty() ? "" : " Here are " + String.join(", ", paths) + ".";
        throw new ParameterException(command.commandLine(),
                "which system database? Name it with --db sqlite:orders.db, or in the environment variable "
                        + DBOSConfig.DATABASE_URL_VARIABLE + "." + found);
    }

    private static void requireFile(String url) {
        var sqlite = SQLITE.matcher(url);
        if (!sqlite.matches() || exists(sqlite.group("path"))) return;
        throw new SystemDatabaseException(Kind.UNUSABLE,
                "there is no database %s: nothing has run on it yet, or it is elsewhere; name it with --db"
                        .formatted(Path.of(sqlite.group("path")).toAbsolutePath().normalize()));
    }

    private static boolean exists(String path) {
        try {
            return Files.exists(Path.of(path));
        } catch (InvalidPathException refusedByTheStore) {
            return true;
        }
    }
}
