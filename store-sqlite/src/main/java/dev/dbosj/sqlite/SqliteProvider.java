package dev.dbosj.sqlite;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.SystemDatabaseProvider;
import dev.dbosj.time.Time;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Opens {@code sqlite:path} and {@code jdbc:sqlite:path}; a relative path begins at the working directory. */
public final class SqliteProvider implements SystemDatabaseProvider {
    private static final String SCHEME = "sqlite:";
    private static final String JDBC_SCHEME = "jdbc:sqlite:";

    @Override
    public boolean accepts(String url) {
        return url.startsWith(SCHEME) || url.startsWith(JDBC_SCHEME);
    }

    @Override
    public SystemDatabase open(String url, Time time) {
        return SqliteDatabase.open(path(url), time);
    }

    private static Path path(String url) {
        var text = url.substring(url.indexOf(SCHEME) + SCHEME.length());
        if (text.isBlank()) throw unusable(url, "names no file; write sqlite:orders.db");
        if (text.startsWith(":"))
            throw unusable(url, "is a database in memory, which forgets all; write memory: for tests, or a file name");
        if (text.startsWith("file:") || text.indexOf('?') >= 0)
            throw unusable(url, "has parameters, which are not supported; write sqlite: and a path");
        return checked(url, text);
    }

    private static Path checked(String url, String text) {
        Path path;
        try {
            path = Path.of(text).toAbsolutePath().normalize();
        } catch (InvalidPathException invalid) {
            throw unusable(url, "is no path of this machine: " + invalid.getMessage());
        }
        if (!Files.isDirectory(path.getParent()))
            throw unusable(url, "lies in %s, a folder that does not exist; create it".formatted(path.getParent()));
        if (Files.isDirectory(path)) throw unusable(url, "is a folder; name a file in it");
        return path;
    }

    private static SystemDatabaseException unusable(String url, String reason) {
        return new SystemDatabaseException(Kind.UNUSABLE, "the database URL '%s' %s".formatted(url, reason));
    }
}
