package dev.dbosj.sqlite.power;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** All writes and syncs of a process, in order, and what the disk may hold at each. */
final class Recording {
    private static final int SECTOR = 512;

    enum File {
        DATABASE('d'), LOG('w'), ACKNOWLEDGED('a');

        private final char letter;

        File(char letter) {
            this.letter = letter;
        }

        static File of(byte letter) {
            return Arrays.stream(values()).filter(file -> file.letter == letter).findFirst().orElseThrow();
        }
    }

    /** Write, truncate or sync. */
    record Operation(char what, File file, long offset, byte[] bytes) {}

    /** The contents of one file. */
    private static final class Content {
        private byte[] bytes = new byte[1 << 16];
        private int size;

        private Content copy() {
            var copy = new Content();
            copy.bytes = bytes.clone();
            copy.size = size;
            return copy;
        }

        private void write(long offset, byte[] source, int from, int length) {
            int end = (int) offset + length;
            if (end > bytes.length) bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
            System.arraycopy(source, from, bytes, (int) offset, length);
            size = Math.max(size, end);
        }

        private void truncate(int newSize) {
            if (newSize < size) Arrays.fill(bytes, newSize, size, (byte) 0);
            else if (newSize > bytes.length) bytes = Arrays.copyOf(bytes, newSize);
            size = newSize;
        }

        private void apply(Operation operation) {
            if (operation.what() == 't') truncate((int) operation.offset());
            else write(operation.offset(), operation.bytes(), 0, operation.bytes().length);
        }

        /** Some of its sectors. */
        private void tear(Operation operation, Random random) {
            var bytes = operation.bytes();
            for (int from = 0; from < bytes.length; from += SECTOR)
                if (random.nextBoolean()) write(operation.offset() + from, bytes, from, Math.min(SECTOR, bytes.length - from));
        }
    }

    private final List<Operation> operations;

    private Recording(List<Operation> operations) {
        this.operations = operations;
    }

    static Recording read(Path path) throws IOException {
        var buffer = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.nativeOrder());
        var operations = new ArrayList<Operation>();
        while (buffer.hasRemaining()) {
            char what = (char) buffer.get();
            var file = File.of(buffer.get());
            long offset = buffer.getLong();
            var bytes = new byte[(int) buffer.getLong()];
            buffer.get(bytes);
            operations.add(new Operation(what, file, offset, bytes));
        }
        return new Recording(operations);
    }

    int size() {
        return operations.size();
    }

    long syncs() {
        return operations.stream().filter(operation -> operation.what() == 's').count();
    }

    /** How many commits were acknowledged before that operation. */
    int acknowledged(int until) {
        return (int) operations.subList(0, until).stream().filter(operation -> operation.file() == File.ACKNOWLEDGED).count();
    }

    /** Goes through the recording once. */
    final class Disk {
        private final Content[] durable = {new Content(), new Content()};
        private final List<List<Operation>> unsynced = List.of(new ArrayList<>(), new ArrayList<>());
        private int next;

        /** One operation on. @return false at the end */
        boolean step() {
            if (next == operations.size()) return false;
            var operation = operations.get(next++);
            if (operation.file() == File.ACKNOWLEDGED) return true;
            int file = operation.file().ordinal();
            if (operation.what() != 's') {
                unsynced.get(file).add(operation);
                return true;
            }
            unsynced.get(file).forEach(durable[file]::apply);
            unsynced.get(file).clear();
            return true;
        }

        int position() {
            return next;
        }

        /** What a power cut here may leave: of each write that was not synced all, nothing, or some sectors. */
        void image(Path folder, Random random) throws IOException {
            int chance = random.nextInt(4); // from nothing but what was synced to nearly all
            for (var file : List.of(File.DATABASE, File.LOG)) {
                var content = durable[file.ordinal()].copy();
                for (var operation : unsynced.get(file.ordinal())) {
                    if (random.nextInt(4) < chance) content.apply(operation);
                    else if (chance > 0 && operation.what() == 'w' && random.nextInt(4) == 0) content.tear(operation, random);
                }
                var name = file == File.DATABASE ? PowerTest.NAME : PowerTest.NAME + "-wal";
                Files.write(folder.resolve(name), Arrays.copyOf(content.bytes, content.size));
            }
        }
    }
}
