package dev.dbosj.bench;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** SQLite: a file in a folder of its own for each run. */
final class SqliteFiles implements Store {
    @Override
    public Database fresh() throws IOException {
        var folder = Files.createTempDirectory("dbosj-bench");
        var file = folder.resolve("bench.db");
        return new Database("sqlite:" + file, "jdbc:sqlite:" + file, () -> delete(folder));
    }

    @Override
    public Database withFinished(int workflows) {
        throw new UnsupportedOperationException("W9 is measured on --store postgres");
    }

    @Override
    public String description() {
        return "SQLite, WAL, synchronous FULL";
    }

    @Override
    public Target target(Work work) {
        return work.onSqlite();
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    @Override
    public void close() {}
}
