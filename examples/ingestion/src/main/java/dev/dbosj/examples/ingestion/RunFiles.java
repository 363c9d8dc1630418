package dev.dbosj.examples.ingestion;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.Lock;
import org.apache.lucene.store.LockObtainFailedException;

/**
 * The files that ingestions leave: a system database on SQLite and the index. Beside the database stands a mark that
 * says it is ours; every process holds a shared lock on it while it lives, so that nobody deletes what somebody uses.
 */
final class RunFiles implements AutoCloseable {
    private static final Pattern SQLITE_URL = Pattern.compile("(?:jdbc:)?sqlite:([^?]+).*");

    /** Somebody uses the files, or they are not ours. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    private final String databaseUrl;
    private final FileChannel mark;

    private RunFiles(String databaseUrl, FileChannel mark) {
        this.databaseUrl = databaseUrl;
        this.mark = mark;
    }

    /** Says that this process uses the database, if it is a file. Waits while another one deletes it. */
    static RunFiles use(String databaseUrl) throws IOException {
        var database = fileOf(databaseUrl);
        return new RunFiles(databaseUrl, database.isEmpty() ? null : marked(database.get()));
    }

    private static FileChannel marked(Path database) throws IOException {
        Files.createDirectories(database.getParent());
        var mark = FileChannel.open(markOf(database), CREATE, READ, WRITE);
        mark.lock(0, Long.MAX_VALUE, true);
        return mark;
    }

    String databaseUrl() {
        return databaseUrl;
    }

    /**
     * Deletes the database and the index.
     *
     * @throws Refused if another process uses them, or if the database was made by somebody else
     */
    static void delete(String databaseUrl, Path index) throws IOException {
        var database = fileOf(databaseUrl)
                .orElseThrow(() -> new Refused("--fresh deletes files, and this database is none: only sqlite: databases are"));
        if (Files.exists(database) && !Files.exists(markOf(database)))
            throw new Refused(database + " was not made by this program: delete it yourself if nobody needs it");
        if (Files.exists(markOf(database))) deleteUnused(database);
        deleteIndex(index);
    }

    private static void deleteUnused(Path database) throws IOException {
        try (var mark = FileChannel.open(markOf(database), WRITE); var lock = mark.tryLock()) {
            if (lock == null) throw new Refused("another process uses %s: stop it first".formatted(database));
            // The database file itself is never opened here: closing it would drop the locks SQLite holds on it.
            for (var file : withSidecars(database)) Files.delete(file);
        }
    }

    private static List<Path> withSidecars(Path database) throws IOException {
        var name = database.getFileName().toString();
        try (Stream<Path> siblings = Files.list(database.getParent())) {
            return siblings
                    .filter(file -> file.equals(database) || file.getFileName().toString().startsWith(name + "-"))
                    .filter(file -> !file.equals(markOf(database)))
                    .toList();
        }
    }

    private static void deleteIndex(Path index) throws IOException {
        var locks = new ArrayList<Lock>();
        try {
            var folders = indexFolders(index);
            for (var folder : folders) locks.add(FSDirectory.open(folder).obtainLock(IndexWriter.WRITE_LOCK_NAME));
            for (var folder : folders) deleteFolder(folder);
        } catch (LockObtainFailedException used) {
            throw new Refused("another process writes to %s: stop it first".formatted(index));
        } finally {
            for (var lock : locks) lock.close();
        }
    }

    private static List<Path> indexFolders(Path index) throws IOException {
        if (!Files.isDirectory(index)) return List.of();
        try (Stream<Path> below = Files.list(index)) {
            return below.filter(Files::isDirectory)
                    .filter(folder -> folder.getFileName().toString().matches("\\d+"))
                    .toList();
        }
    }

    private static void deleteFolder(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (var file : files.toList()) Files.delete(file);
        }
        Files.delete(folder);
    }

    private static Optional<Path> fileOf(String databaseUrl) {
        var url = SQLITE_URL.matcher(databaseUrl);
        return url.matches() ? Optional.of(Path.of(url.group(1)).toAbsolutePath()) : Optional.empty();
    }

    private static Path markOf(Path database) {
        return database.resolveSibling(database.getFileName() + "-ingestion");
    }

    @Override
    public void close() throws IOException {
        if (mark != null) mark.close();
    }
}
