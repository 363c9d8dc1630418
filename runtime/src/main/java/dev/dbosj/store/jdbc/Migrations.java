package dev.dbosj.store.jdbc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The numbered SQL files that make the tables of a store; the number of the last one is the schema's version. */
public final class Migrations {
    private static final Pattern INDEX =
            Pattern.compile("(?m)^(?<verb>create|drop) (?:unique )?index (?:dbosj\\.)?(?<name>\\w+)");

    private final Class<?> home;
    private final List<String> files;

    /**
     * @param home the class beside which the files lie
     * @param files their names: {@code V1__….sql}, {@code V2__….sql}, …
     */
    public Migrations(Class<?> home, List<String> files) {
        this.home = home;
        this.files = List.copyOf(files);
        for (int i = 0; i < files.size(); i++)
            if (!files.get(i).startsWith("V" + (i + 1) + "__"))
                throw new IllegalArgumentException(files.get(i) + " is out of order");
    }

    /** The version of the schema after the last file. */
    public int latest() {
        return files.size();
    }

    /** The names of the indexes that there are after the last file. */
    public Set<String> indexes() {
        var indexes = new TreeSet<String>();
        for (int version = 1; version <= latest(); version++) {
            for (var change = INDEX.matcher(script(version)); change.find(); ) {
                if (change.group("verb").equals("create")) indexes.add(change.group("name"));
                else indexes.remove(change.group("name"));
            }
        }
        return indexes;
    }

    /** The statements of the file that leads to the given version; none of them has a semicolon at the end of a line inside. */
    public List<String> statements(int version) {
        return List.of(script(version).split(";\\s*\\R"));
    }

    /** The whole file that leads to the given version. */
    public String script(int version) {
        var file = files.get(version - 1);
        try (var sql = home.getResourceAsStream(file)) {
            if (sql == null) throw new IllegalStateException(file + " is missing beside " + home.getName());
            return new String(sql.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot read " + file, failure);
        }
    }
}
