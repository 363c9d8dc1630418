package dev.dbosj.cli;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;

/** The password that a server wants and that neither the URL nor {@code ~/.pgpass} has. */
final class Password {
    static final String VARIABLE = "PGPASSWORD";

    /** What the driver says when it is to prove who it is, and has nothing to do it with. */
    private static final String WANTED = "08004";

    private Password() {}

    static boolean isWanted(SystemDatabaseException failure) {
        return failure.getCause() instanceof SQLException cause && WANTED.equals(cause.getSQLState());
    }

    /** The URL with the password of the environment, or else of who sits at the terminal. */
    static String into(String url, Terminal terminal, SystemDatabaseException failure) {
        var password = terminal.environment().get(VARIABLE);
        if (password == null) password = terminal.secret().ask("Password: ");
        if (password == null)
            throw new SystemDatabaseException(
                    Kind.UNAVAILABLE,
                    "the server wants a password: put it into the environment variable " + VARIABLE
                            + " or into ~/.pgpass; only in a terminal is it asked for",
                    failure);
        var setting = "password=" + URLEncoder.encode(password, StandardCharsets.UTF_8);
        return url + (url.contains("?") ? '&' : '?') + setting;
    }
}
