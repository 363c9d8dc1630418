package dev.dbosj.time;

import java.security.SecureRandom;
import java.util.UUID;

/** The only source of ids and of chance. */
public interface Ids {
    /** A new id; ids made later sort later, so that they land beside each other in an index. */
    String next();

    /** A number that nobody else draws. */
    long uid();

    /** A random version 4 UUID. */
    default UUID uuid() {
        return new UUID(uid() & ~0xF000L | 0x4000L, uid() & ~(3L << 62) | 1L << 63);
    }

    /** From 0 (inclusive) to 1 (exclusive). */
    double chance();

    /** Version 7 UUIDs by the given clock. */
    static Ids random(Time time) {
        var random = new SecureRandom();
        return new Ids() {
            @Override
            public String next() {
                long millis = time.now().toEpochMilli();
                long high = millis << 16 | 0x7000 | random.nextInt(0x1000);
                long low = random.nextLong() >>> 2 | 0x8000000000000000L;
                return new UUID(high, low).toString();
            }

            @Override
            public long uid() {
                return random.nextLong();
            }

            @Override
            public double chance() {
                return random.nextDouble();
            }
        };
    }
}
