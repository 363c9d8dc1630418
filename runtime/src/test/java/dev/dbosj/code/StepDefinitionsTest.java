package dev.dbosj.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.MisuseException;
import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.json.ErrorCodec;
import dev.dbosj.json.JsonCodec;
import dev.dbosj.workflow.Functions.Func0;
import dev.dbosj.workflow.Functions.Func1;
import dev.dbosj.workflow.Functions.Proc0;
import dev.dbosj.workflow.BatchItem;
import dev.dbosj.workflow.Functions.Proc1;
import dev.dbosj.workflow.Step;
import dev.dbosj.workflow.StepOptions;
import dev.dbosj.workflow.TypeRef;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StepDefinitionsTest {
    private final JsonCodec codec = new JsonCodec(1 << 20);
    private final StepDefinitions steps = new StepDefinitions(codec, new ErrorCodec(codec, List.of()));

    record Page(int number) {}

    private static final TypeRef<List<Page>> PAGES = new TypeRef<>() {};

    @Step(
            name = "fetch",
            maxAttempts = 5,
            intervalSeconds = 0.25,
            backoffRate = 3,
            maxIntervalSeconds = 60,
            jitter = 0,
            retryOn = {IOException.class, TimeoutException.class},
            abortOn = FileSystemException.class,
            timeoutSeconds = 2.5)
    List<Page> download(String url) throws IOException {
        return List.of();
    }

    int plain(String text) {
        return 0;
    }

    @Step(maxAttempts = 0)
    int wrong(String text) {
        return 0;
    }

    void batch(List<BatchItem<String, List<Page>>> items) {}

    @Step(name = "printing", maxAttempts = 4)
    void annotatedBatch(List<BatchItem<String, Void>> items) {}

    void untyped(Object items) {}

    Stream<Page> stream(String text) {
        return Stream.of();
    }

    List<Page> pages() {
        return List.of();
    }

    int parse(String url) throws URISyntaxException {
        return 0;
    }

    static <T> List<T> generic(T value) {
        return List.of(value);
    }

    private <A, X extends Exception> StepDefinition of(Func1<A, ?, X> step) {
        return steps.of(MethodReference.of(step));
    }

    private <R, X extends Exception> StepDefinition block(String name, Func0<R, X> block) {
        return steps.ofBlock(StepOptions.named(name), MethodReference.of(block));
    }

    @Test
    void aStepIsWhatItsAnnotationSays() {
        var step = of(this::download);

        assertThat(step.options())
                .usingRecursiveComparison()
                .ignoringFields("retryOn", "abortOn")
                .isEqualTo(StepOptions.named("fetch")
                        .maxAttempts(5)
                        .interval(Duration.ofMillis(250))
                        .backoffRate(3)
                        .maxInterval(Duration.ofMinutes(1))
                        .jitter(0)
                        .timeout(Duration.ofMillis(2500)));
        assertThat(step.options().retryOn().test(new FileNotFoundException())).isTrue();
        assertThat(step.options().retryOn().test(new TimeoutException())).isTrue();
        assertThat(step.options().retryOn().test(new IllegalStateException())).isFalse();
        assertThat(step.options().abortOn().test(new FileSystemException("disk"))).isTrue();
        assertThat(step.options().abortOn().test(new IOException())).isFalse();
        assertThat(step.resultType()).isEqualTo(PAGES.type());
        assertThat(step.exceptions()).isEqualTo(List.of(IOException.class));
    }

    @Test
    void aMethodWithoutAnnotationIsAStepOfItsOwnName() {
        var step = of(this::plain);

        assertThat(step.options())
                .usingRecursiveComparison()
                .ignoringFields("retryOn", "abortOn")
                .isEqualTo(StepOptions.named("plain"));
        assertThat(step.options().retryOn().test(new IOException())).isTrue();
        assertThat(step.options().retryOn().test(new Error())).isFalse();
        assertThat(step.options().abortOn().test(new IOException())).isFalse();
        assertThat(step.resultType()).isEqualTo(int.class);
    }

    @Test
    void theSecondCallOfACallSiteFindsTheDefinitionOfTheFirst() {
        Func1<String, List<Page>, IOException> step = this::download;

        assertThat(of(step)).isSameAs(of(step));
        assertThat(new StepDefinitions(codec, new ErrorCodec(codec, List.of())).of(MethodReference.of(step)))
                .isNotSameAs(of(step));
    }

    @Test
    void aBlockHasTheGivenOptionsAndTheTypeOfItsResult() {
        for (int i = 0; i < 3; i++) {
            var step = block("index page " + i, () -> new Page(1));
            assertThat(step.options().name()).isEqualTo("index page " + i);
            assertThat(step.resultType()).isEqualTo(Page.class);
            assertThat(step.exceptions()).isEqualTo(List.of(RuntimeException.class));
        }
        assertThat(block("io", () -> {
                            if (codec == null) throw new IOException();
                            return "";
                        })
                        .exceptions())
                .isEqualTo(List.of(IOException.class));
        Proc0<IOException> procedure = () -> {
            throw new IOException();
        };
        assertThat(steps.ofBlock(StepOptions.named("p"), MethodReference.of(procedure)))
                .satisfies(step -> {
                    assertThat(step.resultType()).isEqualTo(void.class);
                    assertThat(step.exceptions()).isEqualTo(List.of(IOException.class));
                });
    }

    @Test
    void aBlockThatIsAMethodReferenceHasItsGenericType() {
        assertThat(block("pages", this::pages).resultType()).isEqualTo(PAGES.type());
    }

    @Test
    void aLambdaWithAGenericResultAsksForItsTypeAtTheFirstCall() {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> block("load", () -> List.of(new Page(1))))
                    .isInstanceOf(PayloadException.class)
                    .hasMessageContaining("the result of step 'load' (a lambda in StepDefinitionsTest)")
                    .hasMessageContaining("new TypeRef<List<Page>>() {}");
            assertThatThrownBy(() -> block("load", Object::new)).isInstanceOf(PayloadException.class);
            assertThatThrownBy(() -> this.<Object, RuntimeException>block("load", () -> 1))
                    .isInstanceOf(PayloadException.class);
            assertThatThrownBy(() -> this.<CharSequence, RuntimeException>block("load", () -> ""))
                    .isInstanceOf(PayloadException.class);
        }
    }

    @Test
    void aGivenTypeStandsForTheTypeOfTheBlock() {
        Func0<List<Page>, IOException> block = () -> {
            if (codec == null) throw new IOException();
            return List.of();
        };

        var reference = MethodReference.of(block);
        assertThat(steps.ofBlock(StepOptions.named("load"), PAGES, reference).resultType()).isEqualTo(PAGES.type());
        assertThat(steps.ofBlock(StepOptions.named("load"), PAGES, reference).exceptions())
                .isEqualTo(List.of(IOException.class));
        assertThatThrownBy(() -> steps.ofBlock(StepOptions.named("load"), new TypeRef<Stream<Page>>() {}, reference))
                .isInstanceOf(PayloadException.class);
    }

    @Test
    void whatCannotBeAStepIsRefused() {
        assertThatThrownBy(() -> of((String text) -> text))
                .isInstanceOf(MisuseException.class)
                .hasMessageContaining("runStep(\"name\", () -> …)");
        assertThatThrownBy(() -> of((Func1<Integer, Page, RuntimeException>) Page::new))
                .isInstanceOf(MisuseException.class)
                .hasMessageContaining("constructor");
        assertThatThrownBy(() -> of(this::wrong))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("step 'wrong': maxAttempts 0");
        assertThatThrownBy(() -> of(this::stream))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("step 'stream' (StepDefinitionsTest.stream)");
        assertThatThrownBy(() -> of(this::parse))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("URISyntaxException");
        assertThatThrownBy(() -> of((Func1<Page, List<Page>, RuntimeException>) StepDefinitionsTest::generic))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("type variable");
    }

    // ---- batches -----------------------------------------------------------------------------------------------------

    @Test
    void aBatchYieldsWhatComesOutOfAnItem() {
        var step = steps.ofBatch(MethodReference.of((Proc1<List<BatchItem<String, List<Page>>>, RuntimeException>) this::batch));

        assertThat(step.resultType()).isEqualTo(PAGES.type());
        assertThat(step.options().name()).isEqualTo("batch");
        assertThat(step.options().maxAttempts()).isEqualTo(2);
    }

    @Test
    void anAnnotatedBatchIsWhatTheAnnotationSays() {
        var step = steps.ofBatch(MethodReference.of((Proc1<List<BatchItem<String, Void>>, RuntimeException>) this::annotatedBatch));

        assertThat(step.resultType()).isEqualTo(void.class);
        assertThat(step.options().name()).isEqualTo("printing");
        assertThat(step.options().maxAttempts()).isEqualTo(4);
    }

    @Test
    void aBatchWhoseItemsHaveNoTypeIsRefused() {
        var reference = MethodReference.of((Proc1<List<BatchItem<String, String>>, RuntimeException>) this::untyped);

        assertThatThrownBy(() -> steps.ofBatch(reference))
                .isInstanceOf(MisuseException.class)
                .hasMessageContaining("List<BatchItem<In, Out>>");
    }
}
