package dev.dbosj.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The archive that people install, in a folder with a space in its name. */
@Timeout(120)
class ArchiveIT {
    private static final int EXECUTABLE = 0100;
    private static final List<String> TOOLS = List.of("dirname", "readlink", "sed", "mkdir", "stty");

    @TempDir
    private static Path folder;

    private static Path launcher;

    @BeforeAll
    static void unpack() throws IOException {
        assumeTrue(File.separatorChar == '/', "the launcher for Windows is tried on Windows");
        var home = Files.createDirectory(folder.resolve("my programs"));
        try (var tar = tar()) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry())
                if (!entry.isDirectory()) unpack(tar, entry, home.resolve(entry.getName()));
        }
        launcher = home.resolve(name().replace(".tar.gz", "")).resolve("bin/dbos-cli");
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.copy(tar, file);
        if ((entry.getMode() & EXECUTABLE) != 0)
            Files.setPosixFilePermissions(file, Set.of(
                    PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_EXECUTE));
    }

    private static TarArchiveInputStream tar() throws IOException {
        return new TarArchiveInputStream(
                new GzipCompressorInputStream(Files.newInputStream(Path.of("target", name()))));
    }

    private static String name() throws IOException {
        try (var archives = Files.newDirectoryStream(Path.of("target"), "dbos-cli-*.tar.gz")) {
            return archives.iterator().next().getFileName().toString();
        }
    }

    private record Run(int code, String out, String err) {}

    private static Run run(Map<String, String> environment, Path command, String... arguments) throws Exception {
        var line = new ArrayList<String>(List.of(command.toString()));
        line.addAll(List.of(arguments));
        var out = Files.createTempFile(folder, "out", ".txt");
        var err = Files.createTempFile(folder, "err", ".txt");
        var builder = new ProcessBuilder(line)
                .directory(folder.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        int code = builder.start().waitFor();
        return new Run(code, Files.readString(out), Files.readString(err));
    }

    @Test
    void worksThroughALinkFromAnotherFolder(@TempDir Path other) throws Exception {
        var link = Files.createSymbolicLink(folder.resolve("link"), launcher);
        var linkToLink = Files.createSymbolicLink(folder.resolve("dbos-cli"), link.getFileName());
        try (var recorded = new Recorded(other)) {
            recorded.enqueued("größe 1", "ship", "orders");

            assertThat(run(Map.of(), linkToLink, "--version").out()).startsWith("dbos-cli ");
            for (int time = 1; time <= 2; time++)
                assertThat(run(Map.of(), linkToLink,
                        "workflow", "list", "--prefix", "größe ", "-o", "ids", "--db", recorded.url)).isEqualTo(new Run(ExitCode.OK, "größe 1\n", ""));
        }
        assertThat(folder.resolve("cache/dbos-cli")).as("what the first start has left for the second")
                .isDirectoryContaining("glob:**.jsa");
    }

    @Test
    void oneJarHoldsAllThatItNeeds(@TempDir Path other) throws Exception {
        var jar = Files.copy(Path.of("target", name().replace(".tar.gz", ".jar")), folder.resolve("dbos-cli.jar"));
        var java = Path.of(System.getProperty("java.home"), "bin", "java");
        try (var recorded = new Recorded(other)) {
            recorded.enqueued("w", "ship", "orders");

            assertThat(run(Map.of(), java, "-jar", jar.toString(), "workflow", "list", "-o", "ids", "--db", recorded.url))
                    .isEqualTo(new Run(ExitCode.OK, "w\n", ""));
        }
        assertThat(run(Map.of(), java, "-jar", jar.toString(), "stats", "--db", "postgresql://nobody@127.0.0.1:1/x").err())
                .startsWith("dbos-cli: cannot connect").hasLineCount(1);
    }

    @Test
    void worksWhereNothingCanBeWritten() throws Exception {
        var list = run(Map.of("XDG_CACHE_HOME", "/dev/null"), launcher, "workflow", "list", "--db", "sqlite:none.db");

        assertThat(list.code()).isEqualTo(ExitCode.FAILURE);
        assertThat(list.err()).startsWith("dbos-cli: there is no database").hasLineCount(1);
        assertThat(list.out()).isEmpty();
    }

    @Test
    void findsJavaOnThePathIfNoHomeIsNamed() throws Exception {
        var path = tools("with java");
        script(path.resolve("java"), "exec '%s/bin/java' \"$@\"".formatted(System.getProperty("java.home")));

        assertThat(run(Map.of("JAVA_HOME", "", "PATH", path.toString()), launcher, "--version").out())
                .startsWith("dbos-cli ");
    }

    @Test
    void saysWhichJavaItNeeds() throws Exception {
        var old = fakeJava("old", "echo 'openjdk version \"17.0.2\" 2022-01-18' >&2");
        var older = fakeJava("older", "exit 3");
        Files.writeString(older.resolve("release"), "IMPLEMENTOR=\"Somebody\"\nJAVA_VERSION=\"1.8.0_402\"\n");
        var nothing = tools("nothing");

        assertThat(run(Map.of("JAVA_HOME", old.toString()), launcher, "--version")).isEqualTo(new Run(1, "",
                "dbos-cli: %s/bin/java is Java 17: install Java 21 or newer, or set JAVA_HOME to one%n".formatted(old)));
        assertThat(run(Map.of("JAVA_HOME", older.toString()), launcher, "--version").err()).contains("is Java 1:");
        assertThat(run(Map.of("JAVA_HOME", folder.toString()), launcher, "--version").err())
                .startsWith("dbos-cli: there is no java in JAVA_HOME=" + folder);
        assertThat(run(Map.of("JAVA_HOME", "", "PATH", nothing.toString()), launcher, "--version").err())
                .isEqualTo("dbos-cli: there is no java: install Java 21 or newer, or set JAVA_HOME\n");
    }

    private static Path fakeJava(String name, String script) throws IOException {
        script(Files.createDirectories(folder.resolve(name).resolve("bin")).resolve("java"), script);
        return folder.resolve(name);
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    /** A folder with what the launcher uses, but no java. */
    private static Path tools(String name) throws IOException {
        var path = Files.createDirectory(folder.resolve(name));
        for (var tool : TOOLS)
            for (var place : List.of("/usr/bin", "/bin"))
                if (Files.exists(Path.of(place, tool)))
                    script(path.resolve(tool), "exec %s/%s \"$@\"".formatted(place, tool));
        return path;
    }

    @Test
    void theZipHoldsTheSameAndALauncherForWindows() throws IOException {
        var inTar = new TreeSet<String>();
        try (var tar = tar()) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) inTar.add(entry.getName());
        }
        try (var zip = new ZipFile(Path.of("target", name().replace(".tar.gz", ".zip")).toFile())) {
            var names = zip.stream().map(entry -> entry.getName()).filter(entry -> !entry.endsWith("/")).toList();
            assertThat(names).isSubsetOf(inTar).hasSizeGreaterThan(10).anyMatch(entry -> entry.endsWith("/README.md"));
            var bat = names.stream().filter(entry -> entry.endsWith("/bin/dbos-cli.bat")).findFirst().orElseThrow();
            try (var text = zip.getInputStream(zip.getEntry(bat))) {
                assertThat(new String(text.readAllBytes(), StandardCharsets.UTF_8))
                        .contains("dev.dbosj.cli.Main %*\r\n").doesNotContainPattern("[^\r]\n");
            }
        }
    }
}
