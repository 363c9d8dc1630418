package dev.dbosj.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;

/**
 * What seeds come to: the digest of a world covers each switch, each write and each answer in it. A line of the file is
 * the digests of ten hundred seeds; the last line is that of all lines before it.
 */
record Digests(SortedMap<Long, String> hundreds) {
    static final int HUNDRED = 100;
    static final int PER_LINE = 10;
    /** Seeds 0 to 99,999. */
    static final int ALL_LINES = 100;

    private static final int HEX_DIGITS = 16;
    private static final String ALL = "all";

    /** @param digestOf the digest of a seed */
    static String ofHundred(long hundred, LongUnaryOperator digestOf) {
        var bytes = ByteBuffer.allocate(HUNDRED * Long.BYTES);
        LongStream.range(0, HUNDRED).map(i -> digestOf.applyAsLong(hundred * HUNDRED + i)).forEach(bytes::putLong);
        return sha256(bytes.array()).substring(0, HEX_DIGITS);
    }

    static Digests read(Path file) {
        try {
            return parse(Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those that are written down. */
    static Optional<Digests> written() {
        try (var file = Digests.class.getResourceAsStream("/simulation/digests.txt")) {
            if (file == null) return Optional.empty();
            var text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            return Optional.of(parse(text.lines().toList()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Digests parse(List<String> lines) {
        var hundreds = new TreeMap<Long, String>();
        for (var line : lines) {
            var words = line.split(" ");
            if (words[0].equals(ALL)) continue;
            long first = Long.parseLong(words[0]) * PER_LINE;
            for (int i = 0; i < PER_LINE; i++) hundreds.put(first + i, words[i + 1]);
        }
        return new Digests(hundreds);
    }

    void write(Path file) throws IOException {
        var lines = new ArrayList<String>();
        for (long line : thousands()) {
            var text = new StringBuilder().append(line);
            for (int i = 0; i < PER_LINE; i++) text.append(' ').append(hundreds.get(line * PER_LINE + i));
            lines.add(text.toString());
        }
        lines.add(ALL + " " + ofAll());
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, lines);
    }

    /** Those of which all hundreds are known. */
    List<Long> thousands() {
        return hundreds.keySet().stream()
                .filter(hundred -> hundred % PER_LINE == 0)
                .filter(hundred -> hundreds.subMap(hundred, hundred + PER_LINE).size() == PER_LINE)
                .map(hundred -> hundred / PER_LINE)
                .toList();
    }

    /** One digest of everything. */
    String ofAll() {
        return sha256(String.join("\n", hundreds.values()).getBytes(StandardCharsets.UTF_8));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
