package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.StepTimeoutException;
import dev.dbosj.exceptions.WorkflowCancelledException;
import dev.dbosj.workflow.Step;
import dev.dbosj.workflow.StepOptions;
import dev.dbosj.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What docs/STEPS.md shows is what is compiled here, and it does what the page says. */
@Timeout(30)
class StepsPageTest {
    private static final Path SOURCE = Path.of("src/test/java/dev/dbosj/StepsPageTest.java");
    private static final Path PAGE = Path.of("../docs/STEPS.md");

    record Order(String customer, String card, long cents) {}

    static final class CardDeclinedException extends IOException {
        private static final long serialVersionUID = 1L;

        CardDeclinedException(String message) {
            super(message);
        }
    }

    static class Payments {
        final List<String> keys = new CopyOnWriteArrayList<>();

        String charge(String card, long cents, String idempotencyKey) throws IOException {
            keys.add(idempotencyKey);
            if (card.equals("stolen")) throw new CardDeclinedException(card);
            if (keys.size() == 1) throw new IOException("line");
            return cents + " from " + card;
        }
    }

    interface Model {
        String ask(String question) throws InterruptedException;
    }

    static class Shop {
        final List<String> mails = new CopyOnWriteArrayList<>();
        final Payments payments = new Payments();
        final Model smallModel = question -> "42, roughly";
        final Model model = question -> {
            Thread.sleep(Duration.ofDays(1));
            return "42";
        };

        // tag::steps[]
        @Workflow
        String sell(Order order) throws IOException, CardDeclinedException {
            var receipt = DBOS.runStep(this::charge, order);
            DBOS.runStep("mail the receipt", () -> mail(order.customer(), receipt));
            return receipt;
        }

        @Step(maxAttempts = 5, abortOn = CardDeclinedException.class, timeoutSeconds = 10)
        String charge(Order order) throws IOException, CardDeclinedException {
            return payments.charge(order.card(), order.cents(), DBOS.stepKey());
        }
        // end::steps[]

        void mail(String customer, String text) {
            mails.add(customer + ": " + text);
        }

        @Workflow
        String report(String url) throws IOException {
            // tag::options[]
            var patiently = StepOptions.named("fetch the report")
                    .maxAttempts(8)
                    .interval(Duration.ofSeconds(2)).backoffRate(3).maxInterval(Duration.ofMinutes(10)).jitter(0.3)
                    .retryOn(failure -> failure instanceof IOException || failure instanceof StepTimeoutException)
                    .timeout(Duration.ofSeconds(30));
            return DBOS.runStep(patiently, () -> fetch(url));
            // end::options[]
        }

        String fetch(String url) throws IOException {
            if (url.isEmpty()) throw new IOException("no url");
            return "report of " + url;
        }

        @Workflow
        String answer(String question, int seconds) throws InterruptedException {
            var timeout = Duration.ofMillis(seconds * 10);
            // tag::timeout[]
            try {
                return DBOS.runStep(StepOptions.named("ask").timeout(timeout), () -> model.ask(question));
            } catch (StepTimeoutException late) {
                return DBOS.runStep("ask the small one", () -> smallModel.ask(question));
            }
            // end::timeout[]
        }

        @Workflow
        int film(String name) throws Exception {
            return DBOS.runStep(this::encode, name);
        }

        // tag::interrupt[]
        int encode(String film) throws IOException, InterruptedException {
            var encoder = new ProcessBuilder(command(film)).start();
            try {
                return encoder.waitFor();
            } finally {
                encoder.destroyForcibly();
            }
        }
        // end::interrupt[]

        private static List<String> command(String film) {
            return List.of("sleep", film);
        }
    }

    private static boolean isEncoding(String film) {
        return ProcessHandle.current().children()
                .anyMatch(process -> process.info().arguments().map(List::of).orElse(List.of()).contains(film));
    }

    private static DBOSRuntime launch(Shop shop) {
        return DBOS.launch(DBOSConfig.named("shop").databaseUrl("memory:").shutdownHook(false), shop);
    }

    @Test
    void thePageShowsWhatIsCompiled() throws IOException {
        var source = Files.readString(SOURCE);
        var regions = List.of("steps", "options", "timeout", "interrupt").stream().map(tag -> region(source, tag)).toList();
        var shown = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE)).results()
                .map((MatchResult block) -> block.group(1)).toList();

        assertThat(shown).isEqualTo(regions);
    }

    private static String region(String source, String tag) {
        var region = source.substring(source.indexOf("// tag::" + tag), source.indexOf("// end::" + tag));
        return region.substring(region.indexOf('\n') + 1).stripTrailing().stripIndent() + "\n";
    }

    @Test
    void aStepIsTriedAgainUnderTheSameKey() {
        var shop = new Shop();
        try (var dbos = launch(shop)) {
            assertThat(dbos.startWorkflow(shop::sell, new Order("Ada", "card", 100)).getResult()).isEqualTo("100 from card");
        }
        assertThat(shop.payments.keys).hasSize(2).containsOnly(shop.payments.keys.getFirst());
        assertThat(shop.mails).containsExactly("Ada: 100 from card");
    }

    @Test
    void aDeclinedCardIsNotTriedAgain() {
        var shop = new Shop();
        try (var dbos = launch(shop)) {
            var handle = dbos.startWorkflow(shop::sell, new Order("Eve", "stolen", 100));
            assertThatThrownBy(handle::getResult).hasRootCauseInstanceOf(CardDeclinedException.class);
        }
        assertThat(shop.payments.keys).hasSize(1);
        assertThat(shop.mails).isEmpty();
    }

    @Test
    void optionsAndTimeoutsDoWhatThePageSays() {
        var shop = new Shop();
        try (var dbos = launch(shop)) {
            assertThat(dbos.startWorkflow(shop::report, "here").getResult()).isEqualTo("report of here");
            assertThat(dbos.startWorkflow(shop::answer, "why?", 3).getResult()).isEqualTo("42, roughly");
        }
    }

    @Test
    void cancellingTheWorkflowEndsTheProcessThatItsStepWaitsFor() {
        var shop = new Shop();
        var film = "86399";
        try (var dbos = launch(shop)) {
            var handle = dbos.startWorkflow(shop::film, film);
            while (!isEncoding(film)) Thread.onSpinWait();
            handle.cancel();
            assertThatThrownBy(handle::getResult).isInstanceOf(WorkflowCancelledException.class);
            while (isEncoding(film)) Thread.onSpinWait();
        }
    }
}
