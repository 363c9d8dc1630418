package dev.dbosj.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;

/** A system database in a file, which is deleted with its folder. */
record SqliteFile(Path folder) implements LabDatabase {
    private static final String NAME = "lab.db";
    private static final String COPY = "copy.db";

    Path file() {
        return folder.resolve(NAME);
    }

    @Override
    public String url(int life) {
        return "sqlite:" + file();
    }

    @Override
    public Tables tables() {
        return new Tables(() -> connect(file()));
    }

    /** A copy: who opens the file itself would repair it after a crash, and that is what the next worker must do. */
    @Override
    public Tables tablesAtRest() {
        copy(NAME, COPY);
        copy(NAME + "-wal", COPY + "-wal");
        return new Tables(() -> connect(folder.resolve(COPY)));
    }

    private void copy(String from, String to) {
        try {
            Files.deleteIfExists(folder.resolve(to));
            Files.copy(folder.resolve(from), folder.resolve(to), StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException none) {
            return; // a worker that died early has not made it yet, one that ended well has tidied it away
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Connection connect(Path file) throws SQLException {
        var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        try (var statement = connection.createStatement()) {
            statement.execute("pragma busy_timeout = 5000");
            statement.execute("pragma query_only = on");
        }
        return connection;
    }

    @Override
    public Tables changeable() {
        return new Tables(() -> DriverManager.getConnection("jdbc:sqlite:" + file() + "?busy_timeout=30000"));
    }

    @Override
    public long logSize() {
        return size(folder.resolve(NAME + "-wal"));
    }

    @Override
    public long size() {
        return size(file());
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (NoSuchFileException none) {
            return 0;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** As a process that was stopped in the middle of a commit. */
    @Override
    public AutoCloseable lockOutWriters() throws IOException {
        var channel = FileChannel.open(folder.resolve(NAME + "-writer"), StandardOpenOption.WRITE);
        channel.lock();
        return channel;
    }

    @Override
    public Optional<Witness> witness() {
        return Optional.empty();
    }

    @Override
    public void close() {}
}
