package dev.dbosj.postgres.faults;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.dbosj.DBOSClient;
import dev.dbosj.DBOSConfig;
import dev.dbosj.DBOSRuntime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Two executors, a client and their customers at work on one database, whatever happens to it. In the end the faults
 * are over, everything must come to its end by itself, and the books are audited.
 */
final class Trial implements AutoCloseable {
    private static final Duration AFTERWARDS = Duration.ofSeconds(30);
    private static final Duration CLOSE = Duration.ofSeconds(10);
    private static final int CUSTOMERS = 6;

    private final Overheard log = new Overheard();
    private final Orders orders = new Orders();
    private final Books books;
    private final List<DBOSRuntime> executors = new ArrayList<>();
    private final DBOSClient client;
    private final List<Customer> customers = new ArrayList<>();
    private final List<String> members;
    private boolean settled;

    /**
     * @param direct the URL of an empty database
     * @param config how to come there
     */
    Trial(String direct, DBOSConfig config) {
        books = new Books(direct, orders);
        for (int i = 0; i < 2; i++) executors.add(launch(config, orders));
        client = DBOSClient.connect(config);
        members = books.members();
        for (int i = 0; i < CUSTOMERS; i++) customers.add(new Customer(i, executors.get(i % 2), client, orders).start());
    }

    /** An executor of these workflows. */
    static DBOSRuntime launch(DBOSConfig config, Orders orders) {
        var executor = DBOSRuntime.create(config).register(orders);
        Orders.queues().forEach(executor::registerQueue);
        return executor.launch();
    }

    /** The usual settings for a way to the database. */
    static DBOSConfig by(String url) {
        return DBOSConfig.named("trial").databaseUrl(url).lease(Duration.ofSeconds(5)).pollInterval(Duration.ofMillis(200))
                .shutdownHook(false).shutdownGrace(Duration.ofSeconds(2));
    }

    /** Lets them work for a while. */
    void work(Duration time) throws InterruptedException {
        Thread.sleep(time);
    }

    /** How many answers the customers have got. */
    int answers() {
        return customers.stream().mapToInt(Customer::answers).sum();
    }

    /** Waits until customers have got so many more answers, whoever does. */
    void awaitAnswers(int more) throws InterruptedException {
        long deadline = System.nanoTime() + AFTERWARDS.toNanos();
        int wanted = answers() + more;
        while (answers() < wanted) {
            assertThat(System.nanoTime()).as("others go on").isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    /** Waits until every customer has got another answer. */
    void awaitProgress() throws InterruptedException {
        long deadline = System.nanoTime() + AFTERWARDS.toNanos();
        for (var customer : customers) {
            int before = customer.answers();
            while (customer.answers() == before) {
                customer.throwFailure();
                assertThat(System.nanoTime()).as("work goes on by itself").isLessThan(deadline);
                Thread.sleep(5);
            }
        }
    }

    /** The faults are over: everything ends well, and nothing was lost, doubled or left. */
    void finish() throws Exception {
        try {
            end();
        } catch (AssertionError failed) {
            failed.addSuppressed(new AssertionError("meanwhile was logged:\n" + String.join("\n", log())));
            throw failed;
        }
    }

    /** The faults are over: customers get their last answers, and everything ends. */
    void settle() throws InterruptedException {
        if (!settled) awaitProgress();
        settled = true;
        for (var customer : customers) customer.leave(AFTERWARDS);
        books.awaitEnd(AFTERWARDS);
    }

    private void end() throws Exception {
        settle();
        assertThat(books.members()).as("the members of the fleet").isEqualTo(members);
        closeAll();
        for (var customer : customers) books.audit(customer);
        books.audit();
        assertThat(log.all(Level.ERROR)).isEmpty();
        assertThat(log.all(Level.INFO)).noneMatch(line -> line.contains("declared dead") || line.contains("took over"));
    }

    private void closeAll() {
        long began = System.nanoTime();
        client.close();
        executors.forEach(DBOSRuntime::close);
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        assertThat(took).as("milliseconds to close").isLessThan(CLOSE.toMillis());
    }

    /** What was logged so far. */
    List<String> log() {
        return log.all(Level.INFO);
    }

    /** What is known about the database. */
    Books books() {
        return books;
    }

    @Override
    public void close() {
        try {
            customers.forEach(Customer::stop);
            client.close();
            executors.forEach(DBOSRuntime::close);
        } finally {
            log.close();
        }
    }
}
