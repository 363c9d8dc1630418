package dev.dbosj.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.workflow.TypeRef;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealedTypesTest {
    private final JsonCodec codec = new JsonCodec(1 << 20);

    sealed interface Shape {}

    record Circle(double radius) implements Shape {}

    record Group(List<Shape> shapes, Shape first) implements Shape {}

    record Empty() implements Shape {}

    sealed interface Polygon extends Shape {}

    record Square(int side) implements Polygon {}

    static final class Triangle implements Polygon {
        private int a = 3;
    }

    sealed interface Result<T, E> {}

    record Ok<A, B>(A value) implements Result<A, B> {}

    record Err<E, T>(E error) implements Result<T, List<E>> {}

    sealed interface Half {}

    record Left() implements Half {}

    non-sealed interface Right extends Half {}

    sealed interface WithEnum {}

    enum Constant implements WithEnum {
        ONE
    }

    sealed interface Twins {}

    static class One {
        record Twin() implements Twins {}
    }

    static class Two {
        record Twin() implements Twins {}
    }

    abstract static sealed class Animal {
        String name;
    }

    static final class Dog extends Animal {
        int barks;
    }

    sealed interface Unfixed {}

    record Holder<T>(T value) implements Unfixed {}

    @Test
    void aValueSaysWhichOfThePermittedItIs() {
        Shape shape = new Group(List.of(new Circle(1.5), new Square(2), new Empty()), new Group(List.of(), null));

        var stored = codec.roundTrip(shape, Shape.class);

        assertThat(stored.value()).isEqualTo(shape);
        assertThat(stored.json())
                .isEqualTo(
                        "{\"@type\":\"Group\",\"shapes\":[{\"@type\":\"Circle\",\"radius\":1.5},"
                            + "{\"@type\":\"Square\",\"side\":2},{\"@type\":\"Empty\"}],\"first\":{\"@type\":\"Group\",\"shapes\":[],\"first\":null}}");
    }

    @Test
    void aNestedSealedTypeKnowsItsOwn() {
        assertThat(codec.roundTrip(new Square(2), Polygon.class).value()).isEqualTo(new Square(2));
        assertThat(((Triangle) codec.roundTrip(new Triangle(), Shape.class).value()).a)
                .isEqualTo(3);
        assertThatThrownBy(() -> codec.decode("{\"@type\":\"Circle\",\"radius\":1.5}", Polygon.class))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("[Square, Triangle]");
    }

    @Test
    void theTypeMayStandAnywhereInTheObject() {
        assertThat(codec.decode("{\"radius\":2,\"@type\":\"Circle\"}", Shape.class))
                .isEqualTo(new Circle(2));
    }

    @Test
    void aDeclaredEndNeedsNoType() {
        assertThat(codec.encode(new Circle(1), Circle.class)).isEqualTo("{\"radius\":1.0}");
    }

    @Test
    void typeArgumentsReachTheEnds() {
        var type = new TypeRef<List<Result<Circle, List<Shape>>>>() {}.type();
        var results = List.of(new Ok<>(new Circle(1)), new Err<>(new Square(2)));

        var stored = codec.roundTrip(results, type);

        assertThat(stored.json())
                .isEqualTo("[{\"@type\":\"Ok\",\"value\":{\"radius\":1.0}},"
                        + "{\"@type\":\"Err\",\"error\":{\"@type\":\"Square\",\"side\":2}}]");
        assertThat(stored.value()).isEqualTo(results);
    }

    @Test
    void anAbstractSealedClassKeepsItsFields() {
        var dog = new Dog();
        dog.name = "Rex";
        dog.barks = 3;

        var copy = (Dog) codec.roundTrip(dog, Animal.class).value();

        assertThat(copy).usingRecursiveComparison().isEqualTo(dog);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"radius\":2}",
                "{\"@type\":null,\"radius\":2}",
                "{\"@type\":5,\"radius\":2}",
                "{\"@type\":[\"Circle\"],\"radius\":2}",
                "{\"@type\":\"circle\",\"radius\":2}",
                "{\"@type\":\"dev.dbosj.json.SealedTypesTest$Circle\",\"radius\":2}",
                "{\"@type\":\"java.lang.ProcessBuilder\",\"command\":[\"id\"]}",
                "{\"@type\":\"Polygon\"}",
                "{\"@type\":\"Circle\",\"@type\":\"Square\",\"side\":2}",
                "{\"@type\":\"Circle\",\"radius\":2,\"radius\":3}",
                "{\"@type\":\"Circle\",\"radius\":2,\"more\":3}",
                "{\"@type\":\"Circle\"}",
                "{\"@type\":\"Square\",\"side\":2.5}",
                "{\"@type\":\"Square\",\"side\":4294967297}",
                "{\"@type\":\"Group\",\"shapes\":[{\"@type\":\"Square\",\"side\":1.5}]}",
                "[]",
                "\"Circle\"",
            })
    void hostileJsonIsRefused(String json) {
        assertThatThrownBy(() -> codec.decode(json, Shape.class)).isInstanceOf(PayloadException.class);
    }

    @Test
    void hierarchiesThatAreOpenOrAmbiguousAreRefused() {
        assertThatThrownBy(() -> codec.requireStorable(Half.class, "x"))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("Right");
        assertThatThrownBy(() -> codec.requireStorable(WithEnum.class, "x"))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("Constant");
        assertThatThrownBy(() -> codec.requireStorable(Twins.class, "x"))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("simple name");
        assertThatThrownBy(() -> codec.requireStorable(Unfixed.class, "x"))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("type variable T");
    }
}
