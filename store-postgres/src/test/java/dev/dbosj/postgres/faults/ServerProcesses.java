package dev.dbosj.postgres.faults;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The operating system's view of an embedded server. */
final class ServerProcesses {
    private final ProcessHandle postmaster;

    /** @param connection to that server */
    ServerProcesses(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("select pg_backend_pid()")) {
            rows.next();
            postmaster = ProcessHandle.of(rows.getLong(1)).flatMap(ProcessHandle::parent).orElseThrow();
        }
    }

    /** Stops all of them where they stand. */
    void freeze() throws Exception {
        signal("STOP", all()); // the first of them starts no others from now on
        signal("STOP", all());
    }

    void thaw() throws Exception {
        signal("CONT", all());
    }

    /** Ends them without a word: what is not on disk is lost. */
    void crash() throws Exception {
        signal("QUIT", List.of(postmaster));
        postmaster.onExit().get(10, TimeUnit.SECONDS);
    }

    private List<ProcessHandle> all() {
        var all = new ArrayList<ProcessHandle>();
        all.add(postmaster);
        postmaster.descendants().forEach(all::add);
        return all;
    }

    private static void signal(String name, List<ProcessHandle> processes) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("kill", "-" + name));
        for (var process : processes) command.add(Long.toString(process.pid()));
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }
}
