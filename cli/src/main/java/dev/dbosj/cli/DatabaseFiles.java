package dev.dbosj.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Finds system databases among files, by their first bytes. To be used before any of them is opened by SQLite. */
final class DatabaseFiles {
    private static final byte[] SQLITE = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    private static final int APPLICATION_ID = 0x44424F53;
    private static final int APPLICATION_ID_AT = 68;
    private static final int HEADER = 100;

    private DatabaseFiles() {}

    /** Those that lie in a folder, by name. */
    static List<Path> in(Path folder) {
        var found = new ArrayList<Path>();
        try (var files = Files.newDirectoryStream(folder, file -> Files.isRegularFile(file) && Files.isReadable(file))) {
            for (var file : files) if (isOurs(file)) found.add(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("the folder cannot be read: " + unreadable.getMessage(), unreadable);
        }
        found.sort(null);
        return found;
    }

    // What a running application has just made may still be in its log; but then its executors are known.
    private static boolean isOurs(Path file) throws IOException {
        if (Files.exists(file.resolveSibling(file.getFileName() + "-executors"))) return true;
        try (var bytes = Files.newInputStream(file)) {
            var header = bytes.readNBytes(HEADER);
            return header.length == HEADER
                    && Arrays.equals(header, 0, SQLITE.length, SQLITE, 0, SQLITE.length)
                    && ByteBuffer.wrap(header).getInt(APPLICATION_ID_AT) == APPLICATION_ID;
        }
    }
}
