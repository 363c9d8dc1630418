package dev.dbosj.run;

import dev.dbosj.time.Alarms;
import dev.dbosj.time.Alarms.Alarm;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/** Ends an attempt of a workflow that takes too long. Thread-safe. */
final class AttemptTimer {
    private final Alarms alarms;
    private final Runnable timeOut;
    private final ReentrantLock lock = new ReentrantLock();
    private Alarm alarm;

    /** @param timeOut what happens then, on the thread of all alarms */
    AttemptTimer(Alarms alarms, Runnable timeOut) {
        this.alarms = alarms;
        this.timeOut = timeOut;
    }

    /** From now on it may take so long. */
    void begin(Duration timeout) {
        lock.lock();
        try {
            alarm = alarms.after(timeout, timeOut);
        } finally {
            lock.unlock();
        }
    }

    /** The same for an attempt whose time is limited; nothing happens to another. */
    void extend(Duration timeout) {
        lock.lock();
        try {
            if (alarm == null) return;
            alarm.cancel();
            alarm = alarms.after(timeout, timeOut);
        } finally {
            lock.unlock();
        }
    }

    /** It has ended. */
    void end() {
        lock.lock();
        try {
            if (alarm != null) alarm.cancel();
            alarm = null;
        } finally {
            lock.unlock();
        }
    }
}
