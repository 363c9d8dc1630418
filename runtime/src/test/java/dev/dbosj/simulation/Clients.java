package dev.dbosj.simulation;

import dev.dbosj.DBOSClient;
import dev.dbosj.exceptions.DBOSException;
import dev.dbosj.exceptions.QueueDrainingException;
import dev.dbosj.exceptions.SystemDatabaseException;
import java.time.Duration;
import java.util.SplittableRandom;

/** Code outside of any workflow: calls all that its process offers, in an order drawn from a seed. */
final class Clients {
    private final SplittableRandom random;
    private final World world;
    private final SimulatedProcess process;
    private final ClientCalls calls;
    private final StarterCalls starters;

    /** @param programs null in a process that runs no workflows */
    Clients(SplittableRandom random, World world, SimulatedProcess process, DBOSClient client, Programs programs) {
        this.random = random;
        this.world = world;
        this.process = process;
        this.calls = new ClientCalls(random, world, process, client);
        this.starters = programs == null ? null : new StarterCalls(random, world, process, programs);
    }

    /** Makes calls as long as the world wants some. */
    void run() {
        while (world.wantsCall(process)) {
            process.sleep(Duration.ofNanos((long) Math.pow(world.longestPause().toNanos(), random.nextDouble())));
            boundary(this::call);
        }
    }

    /** Some failures are legal: a closed runtime, a database that cannot be read. */
    private void boundary(Runnable call) {
        try {
            call.run();
        } catch (SystemDatabaseException away) {
            process.note("client: " + away.getMessage());
            if (!world.hasFaults() && !world.isClosing(process))
                world.breach("I9: a client on " + process + " saw " + away + " without a fault");
        } catch (QueueDrainingException drained) {
            process.note("client: " + drained.getMessage());
        } catch (DBOSException failure) {
            process.note("client: " + failure.getMessage());
            if (!world.isClosing(process)) world.breach("a client on " + process + " saw " + failure);
        } catch (RuntimeException bug) {
            world.breach("a client on " + process + " saw " + bug);
        }
    }

    private void call() {
        int kind = random.nextInt(100);
        if (world.isShow() && random.nextInt(3) > 0) process.start("waiter", () -> boundary(calls::watchEvent));
        else if (kind < 45 && starters != null) starters.call();
        else if (kind < 56) calls.enqueue();
        else if (kind < 62) process.start("waiter", () -> boundary(calls::getResult));
        else if (kind < 65) process.start("waiter", () -> boundary(calls::awaitEvent));
        else if (kind < 69) process.start("waiter", () -> boundary(calls::watchEvent));
        else if (kind < 73) calls.getResultInTime();
        else if (kind < 77) calls.getEvent();
        else if (kind < 83) calls.cancel();
        else if (kind < 87) calls.resume();
        else if (kind < 90) calls.redrive();
        else if (kind < 92) calls.purge();
        else if (kind < 94) calls.send();
        else if (kind < 95) process.start("warden", () -> boundary(calls::holdUp));
        else calls.look();
    }
}
