package dev.dbosj.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.exceptions.StepFailedException;
import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.WorkflowFailedException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorCodecTest {
    private static final StackTraceElement[] USER = {
        new StackTraceElement("com.acme.Bank", "pay", "Bank.java", 42),
        new StackTraceElement("com.acme.Shop", "lambda$buy$0", "Shop.java", 7),
    };

    private final JsonCodec codec = new JsonCodec(1 << 20);
    private final ErrorCodec errors = new ErrorCodec(codec, List.of(Configured.class));

    static class Configured extends RuntimeException {
        Configured(String message) {
            super(message);
        }
    }

    static class Declared extends Exception {
        private Declared(String message, Throwable cause) {
            super(message, cause);
        }
    }

    static class Decorating extends Exception {
        Decorating(String name) {
            super("Not found: '" + name + "'");
        }
    }

    static class Silent extends Exception {
        Silent() {
            super("always the same");
        }
    }

    static class Demanding extends Exception {
        Demanding(String message, Throwable cause) {
            super(cause.toString(), cause);
        }

        Demanding(String message) {
            super(message);
        }
    }

    static class Structured extends Exception {
        Structured(int code, String reason) {
            super(reason + code);
        }
    }

    class Inner extends Exception {
        Inner(String message) {
            super(message);
        }
    }

    abstract static class Abstract extends Exception {}

    private Throwable turn(Throwable error) {
        return errors.decode(errors.encode(error), List.of());
    }

    private Throwable turn(Throwable error, Class<? extends Throwable> declared) {
        return errors.decode(errors.encode(error), List.of(declared));
    }

    private static <T extends Throwable> T traced(T error) {
        error.setStackTrace(USER);
        return error;
    }

    static List<Throwable> rebuildable() {
        return List.of(
                new IOException("io"),
                new FileNotFoundException("a.txt"),
                new NoSuchFileException("a.txt", null, "gone"),
                new UncheckedIOException("wrapped", new IOException("io")),
                new IllegalStateException("state", new RuntimeException()),
                new NullPointerException(),
                new AssertionError("expected"),
                new InterruptedException("stop"),
                new StackOverflowError(),
                new WorkflowFailedException("workflow x failed", new IOException("io")),
                new SystemDatabaseException(SystemDatabaseException.Kind.UNAVAILABLE, "away"),
                new StepFailedException("step"),
                new Configured("configured"),
                new Declared("declared", new Declared(null, null)),
                new Decorating("x"),
                new Decorating("Not found: ''"),
                new Silent(),
                new Demanding("demanding"));
    }

    @ParameterizedTest
    @MethodSource("rebuildable")
    void anExceptionComesBackAsItWas(Throwable error) {
        traced(error);
        var declared =
                List.<Class<? extends Throwable>>of(Declared.class, Decorating.class, Silent.class, Demanding.class);
        var json = errors.encode(error);

        var rebuilt = errors.decode(json, declared);

        assertThat(rebuilt).hasSameClassAs(error).hasMessage(error.getMessage());
        assertThat(rebuilt.getStackTrace()).isEqualTo(USER);
        if (error.getCause() == null) assertThat(rebuilt).hasNoCause();
        else
            assertThat(rebuilt.getCause())
                    .hasSameClassAs(error.getCause())
                    .hasMessage(error.getCause().getMessage());
        assertThat(errors.encode(rebuilt)).isEqualTo(json);
    }

    @Test
    void theJsonIsReadable() {
        var error = traced(new IllegalStateException("no", traced(new IOException())));
        error.addSuppressed(traced(new RuntimeException("earlier")));
        var frames = "com.acme.Bank.pay(Bank.java:42)\\ncom.acme.Shop.lambda$buy$0(Shop.java:7)";

        assertThat(errors.encode(error))
                .isEqualTo(("{'name':'java.lang.IllegalStateException','message':'no','stackTrace':'" + frames
                                + "','cause':{'name':'java.io.IOException','message':null,'stackTrace':'" + frames
                                + "'},'suppressed':[{'name':'java.lang.RuntimeException','message':'earlier','stackTrace':'"
                                + frames + "'}]}")
                        .replace('\'', '"'));
    }

    @Test
    void causesAndSuppressedAreRebuiltWithTheirFrames() {
        var error = new IllegalStateException("no", traced(new Declared("inner", traced(new Configured("root")))));
        error.addSuppressed(traced(new IOException("earlier")));

        var rebuilt = turn(error, Declared.class);

        assertThat(rebuilt.getCause()).isInstanceOf(Declared.class).hasMessage("inner");
        assertThat(rebuilt.getCause().getCause()).isInstanceOf(Configured.class).hasMessage("root");
        assertThat(rebuilt.getCause().getCause().getStackTrace()).isEqualTo(USER);
        assertThat(rebuilt.getSuppressed()).singleElement().satisfies(suppressed -> {
            assertThat(suppressed).isInstanceOf(IOException.class).hasMessage("earlier");
            assertThat(suppressed.getStackTrace()).isEqualTo(USER);
        });
    }

    @Test
    void aStackTraceBeginsAndEndsInUserCode() {
        var error = new RuntimeException("x");
        error.setStackTrace(new StackTraceElement[] {
            frame("dev.dbosj.json.JsonCodec"),
            frame("java.util.ArrayList"),
            frame("com.acme.Bank"),
            frame("dev.dbosj.run.StepRunner"),
            frame("dev.dbosj.DBOS"),
            frame("com.acme.Shop"),
            frame("jdk.internal.reflect.DirectMethodHandleAccessor"),
            frame("java.lang.reflect.Method"),
            frame("dev.dbosj.code.WorkflowDefinition"),
            frame("dev.dbosj.run.WorkflowRun$1"),
            frame("dev.dbosj.DBOSRuntime$Loop"),
            frame("java.lang.VirtualThread"),
        });

        var rebuilt = turn(error);

        assertThat(Arrays.stream(rebuilt.getStackTrace()).map(StackTraceElement::getClassName))
                .containsExactly("java.util.ArrayList", "com.acme.Bank", "com.acme.Shop");
        var printed = new StringWriter();
        rebuilt.printStackTrace(new PrintWriter(printed));
        assertThat(printed.toString())
                .contains("at com.acme.Bank.run(File.java:1)")
                .doesNotContain("dev.dbosj");
    }

    @Test
    void classesOfUsersInNeighbouringPackagesAreKept() {
        var error = new RuntimeException("x");
        error.setStackTrace(new StackTraceElement[] {
            frame("dev.dbosj.runner.Mine"), frame("dev.dbosj.DBOSExample"), frame("com.acme.Bank")
        });

        assertThat(turn(error).getStackTrace()).isEqualTo(error.getStackTrace());
    }

    @Test
    void framesWithoutALineOrFileSurvive() {
        var error = new RuntimeException("x");
        error.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("com.acme.A", "nat", "A.java", -2),
            new StackTraceElement("com.acme.A", "<init>", null, -1),
            new StackTraceElement("com.acme.A", "noLine", "A.java", -1),
        });

        var rebuilt = turn(error);

        assertThat(errors.encode(rebuilt)).isEqualTo(errors.encode(error));
        assertThat(rebuilt.getStackTrace())
                .extracting(StackTraceElement::getMethodName)
                .containsExactly("nat", "<init>", "noLine");
    }

    @Test
    void longTracesChainsAndCirclesAreCut() {
        Throwable chain = new RuntimeException("root");
        for (int i = 0; i < 1000; i++) chain = new RuntimeException("link", chain);
        var circle = new IOException("a");
        var other = new IOException("b", circle);
        circle.initCause(other);
        circle.addSuppressed(other);
        var deep = new RuntimeException("deep");
        deep.setStackTrace(
                java.util.Collections.nCopies(5000, frame("com.acme.Recursion")).toArray(StackTraceElement[]::new));
        for (int i = 0; i < 1000; i++) deep.addSuppressed(new RuntimeException("s" + i));

        for (var error : List.of(chain, circle, deep))
            assertThat(errors.encode(turn(error))).isEqualTo(errors.encode(error));
        assertThat(turn(circle).getCause()).hasMessage("b").hasNoCause();
        assertThat(turn(deep).getStackTrace()).hasSize(64);
        assertThat(turn(deep).getSuppressed()).hasSize(10);
    }

    @Test
    void anUnknownExceptionIsAStepFailureThatNamesItAndTheSetting() {
        var first = turn(traced(new Structured(4, "declined")));

        assertThat(first)
                .isInstanceOf(StepFailedException.class)
                .hasMessageContaining("ErrorCodecTest$Structured: declined4")
                .hasMessageContaining("DBOSConfig.exceptions(dev.dbosj.json.ErrorCodecTest.Structured.class)");
        assertThat(first.getStackTrace()).isEqualTo(USER);
        assertThat(errors.encode(turn(first))).isEqualTo(errors.encode(first));
        assertThat(turn(new Structured(4, "declined"), Structured.class))
                .isInstanceOf(StepFailedException.class)
                .hasMessageContaining("declined4")
                .hasMessageContaining("no usable constructor");
        assertThat(turn(new IOException() {})).isInstanceOf(StepFailedException.class);
    }

    @Test
    void noClassIsEverLoadedByAStoredName() {
        var error = errors.decode("{\"name\":\"dev.dbosj.json.ErrorCodecTest$Trap\",\"message\":\"m\"}", List.of());

        assertThat(error).isInstanceOf(StepFailedException.class);
        assertThat(System.getProperty("dbosj.test.trap")).isNull();
    }

    static class Trap extends RuntimeException {
        static {
            System.setProperty("dbosj.test.trap", "loaded");
        }

        Trap(String message) {
            super(message);
        }
    }

    @Test
    void anErrorOfAnotherLanguageIsUnderstood() {
        var error = errors.decode(
                "{\"name\":\"CardDeclined\",\"message\":\"no\",\"code\":402,\"data\":{\"a\":[1]},"
                        + "\"stackTrace\":\"File x.py, line 3\",\"more\":true}",
                List.of());

        assertThat(error).isInstanceOf(StepFailedException.class).hasMessageStartingWith("CardDeclined [402]: no");
        assertThat(error.getStackTrace()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "\"x\"", "{\"name\":\"a\"", "{\"name\":\"a\",\"name\":\"b\"}"})
    void brokenErrorsAreRefused(String json) {
        assertThatThrownBy(() -> errors.decode(json, List.of())).isInstanceOf(PayloadException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"name\":5,\"message\":[1]}",
                "{\"name\":null,\"cause\":7,\"suppressed\":[1,{}],\"stackTrace\":[]}"
            })
    void oddErrorsAreStillErrors(String json) {
        assertThat(errors.decode(json, List.of())).isInstanceOf(StepFailedException.class);
    }

    @Test
    void aMessageThatCannotBeStoredDoesNotHideTheFailure() {
        assertThat(turn(new RuntimeException("a\0b\uD83Dc😀"))).hasMessage("a\uFFFDb\uFFFDc😀");
        assertThat(turn(new RuntimeException("x".repeat(100_000))).getMessage())
                .hasSize(16_385)
                .endsWith("x…");
        assertThat(turn(new RuntimeException() {
                    @Override
                    public String getMessage() {
                        throw new IllegalStateException();
                    }
                }))
                .hasMessageContaining("getMessage() threw java.lang.IllegalStateException");
    }

    @Test
    void anErrorAlwaysFits() {
        var small = new ErrorCodec(new JsonCodec(600), List.of());
        var error = new IllegalStateException("\u0001".repeat(10_000), new IOException("cause"));

        var rebuilt = small.decode(small.encode(error), List.of());

        assertThat(rebuilt).isInstanceOf(IllegalStateException.class).hasNoCause();
        assertThat(rebuilt.getMessage()).startsWith("\u0001\u0001").endsWith("…");
    }

    @Test
    void aCauseThatAConstructorDoesNotTakeLeavesAReadableFailure() {
        var error = new UncheckedIOException("wrapped", new IOException("io") {});

        var rebuilt = turn(error);

        assertThat(rebuilt).isInstanceOf(StepFailedException.class).hasMessageContaining("wrapped");
        assertThat(rebuilt.getCause()).isInstanceOf(StepFailedException.class).hasMessageContaining("io");
    }

    @Test
    void aCheckedExceptionThatCannotBeThrownAgainIsRefused() {
        for (var type : List.of(Structured.class, Inner.class, URISyntaxException.class))
            assertThatThrownBy(() -> errors.requireRebuildable(type, "step 'pay'"))
                    .isInstanceOf(PayloadException.class)
                    .hasMessageStartingWith("step 'pay' declares " + type.getName())
                    .hasMessageContaining("constructor");
        for (var type : List.of(
                IOException.class,
                Declared.class,
                Silent.class,
                Exception.class,
                Throwable.class,
                Abstract.class,
                java.util.MissingResourceException.class))
            assertThatCode(() -> errors.requireRebuildable(type, "x")).doesNotThrowAnyException();
    }

    @Test
    void everyExceptionOfTheFixedListCanBeRebuilt() {
        for (var type : KnownThrowables.ALWAYS)
            assertThat(errors.decode(
                            codec.encode(Map.of("name", type.getName(), "message", "m"), Object.class), List.of()))
                    .as(type.getName())
                    .satisfiesAnyOf(
                            rebuilt -> assertThat(rebuilt)
                                    .isExactlyInstanceOf(type)
                                    .hasMessage("m"),
                            rebuilt -> assertThat(type).isEqualTo(UncheckedIOException.class)); // always has a cause
    }

    private static StackTraceElement frame(String className) {
        return new StackTraceElement(className, "run", "File.java", 1);
    }
}
