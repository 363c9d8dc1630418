package dev.dbosj.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.workflow.Functions.Func0;
import dev.dbosj.workflow.TypeRef;
import java.io.InputStream;
import java.io.Serializable;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StorableTypesTest {
    private final JsonCodec codec = new JsonCodec(1 << 20);

    record Page(int number) {}

    record WithStream(String name, List<WithFunction> inner) {}

    record WithFunction(Supplier<String> supplier) {}

    record Generic<T>(T value) {}

    record Endless<T>(Endless<List<T>> next) {}

    interface Open {}

    abstract static class Abstract {}

    class Inner {}

    static class NoConstructor {
        NoConstructor(int i) {}
    }

    static class FinalField {
        private final List<String> names = new ArrayList<>();
    }

    static class Hiding extends Hidden {
        private int size;
    }

    static class Hidden {
        private int size;
    }

    static class OwnList extends ArrayList<String> {}

    static class OwnThread extends Thread {}

    static class OwnDate extends java.text.DecimalFormat {}

    private void assertRefused(Type type, String... words) {
        assertThatThrownBy(() -> codec.requireStorable(type, "the result of step 'load'"))
                .isInstanceOf(PayloadException.class)
                .hasMessageStartingWith("the result of step 'load' has type ")
                .hasMessageContainingAll(words)
                .hasMessageEndingWith(".");
        assertThatThrownBy(() -> codec.encode(null, type)).isInstanceOf(PayloadException.class);
    }

    @Test
    void typesThatCannotComeBackAreRefusedWithTheRemedy() {
        assertRefused(Open.class, "open", "seal it");
        assertRefused(Abstract.class, "open", "seal it");
        assertRefused(Serializable.class, "open");
        assertRefused(CharSequence.class, "open");
        assertRefused(Number.class, "open");
        assertRefused(Path.class, "open");
        assertRefused(Stream.class, "collect it into a List");
        assertRefused(InputStream.class, "resource");
        assertRefused(Thread.class, "resource");
        assertRefused(OwnThread.class, "resource");
        assertRefused(Class.class, "code");
        assertRefused(Exception.class, "throw it");
        assertRefused(Func0.class, "function");
        assertRefused(Runnable.class, "function");
        assertRefused(Inner.class, "static");
        assertRefused(Date.class, "java.time.Instant");
        assertRefused(ConcurrentHashMap.class, "declare Map");
        assertRefused(EnumSet.class, "declare List, Set");
        assertRefused(OwnList.class, "declare List");
        assertRefused(StringBuilder.class, "JDK");
        assertRefused(OwnDate.class, "extends java.text.DecimalFormat");
        assertRefused(NoConstructor.class, "constructor without arguments");
        assertRefused(FinalField.class, "final", "record");
        assertRefused(Hiding.class, "two fields named size");
        assertRefused(new TypeRef<Optional<Optional<String>>>() {}.type(), "Optional");
        assertRefused(new TypeRef<Map<Page, String>>() {}.type(), "key of a map");
        assertRefused(new TypeRef<SortedSet<Page>>() {}.type(), "no order of its own");
        assertRefused(new TypeRef<TreeMap<ZoneId, String>>() {}.type(), "no order of its own");
        assertRefused(Endless.class, "type arguments");
        assertRefused(new TypeRef<Endless<String>>() {}.type(), "without an end");
    }

    @Test
    void aRefusalNamesTheComponentsOnTheWayToTheProblem() {
        assertRefused(new TypeRef<Map<String, WithStream>>() {}.type(), "\"inner\" of", "\"supplier\" of", "function");
    }

    @Test
    void aTypeVariableIsRefused() throws NoSuchMethodException {
        assertRefused(Generic.class, "type arguments");
        assertRefused(Generic.class.getTypeParameters()[0], "type variable T");
        assertRefused(getClass().getDeclaredMethod("generic").getGenericReturnType(), "type variable T");
    }

    <T> List<T> generic() {
        return null;
    }

    @Test
    void aRefusedTypeStaysRefusedAndItsPartsStayUsable() {
        for (int i = 0; i < 2; i++) assertRefused(WithStream.class, "function");
        assertThatCode(() -> codec.requireStorable(Page.class, "x")).doesNotThrowAnyException();
    }

    @Test
    void plainDataMayBeDeclaredAsObject() {
        for (Type type : List.of(Object.class, List.class, Map.class, Set.class, new TypeRef<List<?>>() {}.type()))
            assertThatCode(() -> codec.requireStorable(type, "x")).doesNotThrowAnyException();
    }

    @Test
    void aLambdaMustNotLeaveItsTypeOpen() throws NoSuchMethodException {
        for (Type type : List.of(
                Object.class,
                List.class,
                Map.class,
                Optional.class,
                Generic.class,
                Generic.class.getTypeParameters()[0]))
            assertThatThrownBy(() -> codec.requireStorableResult(type, "the result of step 'load'"))
                    .isInstanceOf(PayloadException.class)
                    .hasMessageContaining("new TypeRef<List<Page>>() {}");
        assertThatThrownBy(() -> codec.requireStorableResult(Open.class, "x"))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("seal");
        for (Type type : List.of(
                int.class, void.class, String.class, Page.class, int[].class, new TypeRef<List<Page>>() {}.type()))
            assertThatCode(() -> codec.requireStorableResult(type, "x")).doesNotThrowAnyException();
        assertThat(codec.roundTrip(List.of(new Page(1)), new TypeRef<List<Page>>() {}.type())
                        .value())
                .isEqualTo(List.of(new Page(1)));
    }
}
