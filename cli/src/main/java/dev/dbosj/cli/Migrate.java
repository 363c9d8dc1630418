package dev.dbosj.cli;

import dev.dbosj.DBOSClient;
import dev.dbosj.DBOSConfig;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Creates or upgrades the tables of a system database. */
@Command(
        name = "migrate",
        description = {
            "Creates or upgrades the tables of a system database; nothing happens if they are up to date.",
            "An application does the same when it is launched, unless its configuration says migrate(false) or its"
                    + " database user may not create tables."
        },
        footer = {"", "Exit codes: 0 done or up to date, 1 failed, or --check found something to do."})
final class Migrate implements Callable<Integer> {
    private final Terminal terminal;
    private final Database database;

    @ArgGroup
    private Mode mode = new Mode();

    static final class Mode {
        @Option(names = "--check", description = "change nothing; say whether there is anything to do")
        private boolean check;

        @Option(names = "--print", description = "change nothing; print the SQL scripts that would be run")
        private boolean print;
    }

    Migrate(Terminal terminal, Database database) {
        this.terminal = terminal;
        this.database = database;
    }

    @Override
    public Integer call() {
        return database.use(this::migrate);
    }

    private int migrate(DBOSConfig config) {
        var pending = DBOSClient.pendingMigrations(config);
        if (mode.print) {
            pending.forEach(script -> terminal.print(script + "\n"));
            return ExitCode.OK;
        }
        if (pending.isEmpty()) {
            terminal.print("The tables are up to date.");
            return ExitCode.OK;
        }
        if (mode.check) {
            terminal.complain("dbos-cli: %s pending; run 'dbos-cli migrate'".formatted(migrations(pending.size())));
            return ExitCode.FAILURE;
        }
        DBOSClient.migrate(config);
        terminal.print("Done: %s.".formatted(migrations(pending.size())));
        return ExitCode.OK;
    }

    private static String migrations(int count) {
        return count == 1 ? "1 migration" : count + " migrations";
    }
}
