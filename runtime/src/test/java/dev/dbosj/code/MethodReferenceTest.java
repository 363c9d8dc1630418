package dev.dbosj.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.code.elsewhere.Neighbour;
import dev.dbosj.code.elsewhere.PublicChild;
import dev.dbosj.exceptions.MisuseException;
import dev.dbosj.workflow.Functions.Func0;
import dev.dbosj.workflow.Functions.Func1;
import dev.dbosj.workflow.Functions.Func2;
import dev.dbosj.workflow.Functions.Proc0;
import dev.dbosj.workflow.Functions.Proc1;
import dev.dbosj.workflow.Step;
import dev.dbosj.workflow.TypeRef;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class MethodReferenceTest {
    record Page(int number, String text) {}

    interface Source<K, V> {
        V load(K key) throws IOException;

        default List<K> keys(V value) {
            return List.of();
        }
    }

    abstract static class Base<T> implements Source<String, List<T>> {
        @Step(name = "loads")
        @Override
        public List<T> load(String key) throws IOException {
            return List.of();
        }

        T first(T element) {
            return element;
        }

        private String secret(String text) {
            return "base";
        }

        Func1<String, String, ?> secretOfBase() {
            return this::secret;
        }
    }

    static class Pages extends Base<Page> {
        @Override
        public List<Page> load(String key) throws FileNotFoundException {
            return List.of();
        }

        @Override
        Page first(Page element) {
            return element;
        }

        String secret(String text) {
            return "pages";
        }
    }

    static class Untouched extends Base<Page> {}

    @SuppressWarnings({"rawtypes", "unchecked"})
    static class Pages$$SpringCGLIB$$0 extends Pages {
        @Override
        public List load(String key) throws FileNotFoundException {
            return super.load(key);
        }
    }

    static class Child extends Neighbour {
        Func1<String, String, ?> reference() {
            return this::inherited;
        }

        Func1<String, String, ?> viaSuper() {
            return super::inherited;
        }

        String hidden(String text) {
            return "the child's";
        }
    }

    static List<Page> all(List<String> urls, int max) throws IOException {
        return List.of();
    }

    private int count(String text) {
        return text.length();
    }

    void save(Page page) throws TimeoutException {}

    int saveAndCount(Page page) {
        return 1;
    }

    static <T> T same(T value) {
        return value;
    }

    static <T> List<T> listOf(T value) {
        return List.of(value);
    }

    static String joined(String... parts) {
        return String.join("", parts);
    }

    private static <R, X extends Exception> MethodReference block(Func0<R, X> block) {
        return MethodReference.of(block);
    }

    private static <A, R, X extends Exception> MethodReference one(Func1<A, R, X> function) {
        return MethodReference.of(function);
    }

    private static <A, B, R, X extends Exception> MethodReference two(Func2<A, B, R, X> function) {
        return MethodReference.of(function);
    }

    private static <A, X extends Exception> MethodReference proc(Proc1<A, X> function) {
        return MethodReference.of(function);
    }

    private static final TypeRef<List<Page>> PAGES = new TypeRef<>() {};

    @Test
    void aBoundReferenceNamesReceiverMethodAndGenericTypes() throws NoSuchMethodException {
        var pages = new Pages();

        var reference = one(pages::load);

        assertThat(reference.isLambda()).isFalse();
        assertThat(reference.isUnbound()).isFalse();
        assertThat(reference.receiver()).isSameAs(pages);
        assertThat(reference.method()).isEqualTo(Pages.class.getDeclaredMethod("load", String.class));
        assertThat(reference.resultType()).isEqualTo(PAGES.type());
        assertThat(reference.argumentTypes()).containsExactly(String.class);
        assertThat(reference.exceptions()).isEqualTo(List.of(FileNotFoundException.class));
        assertThat(reference.describe()).isEqualTo("Pages.load");
    }

    @Test
    void theOverridingMethodOfTheReceiverCountsWhateverTheTypeOfTheVariable() throws NoSuchMethodException {
        Source<String, List<Page>> source = new Pages();
        Base<Page> base = new Pages();
        var load = Pages.class.getDeclaredMethod("load", String.class);

        assertThat(one(source::load).method()).isEqualTo(load);
        assertThat(one(base::load).method()).isEqualTo(load);
        assertThat(one(base::first).method()).isEqualTo(Pages.class.getDeclaredMethod("first", Page.class));
        assertThat(one(base::first).resultType()).isEqualTo(Page.class);
        assertThat(one(base::first).argumentTypes()).containsExactly(Page.class);
    }

    @Test
    void inheritedMethodsHaveTheTypesOfTheSubclass() throws NoSuchMethodException {
        Source<String, List<Page>> source = new Untouched();

        assertThat(one(source::load).method()).isEqualTo(Base.class.getDeclaredMethod("load", String.class));
        assertThat(one(source::load).resultType()).isEqualTo(PAGES.type());
        assertThat(one(source::keys).resultType()).isEqualTo(new TypeRef<List<String>>() {}.type());
        assertThat(one(source::keys).argumentTypes()).containsExactly(PAGES.type());
        assertThat(one(new Untouched()::first).resultType()).isEqualTo(Page.class);
    }

    @Test
    void oneCallSiteServesReceiversOfManyClasses() {
        for (int i = 0; i < 3; i++) {
            for (var source : List.of(new Untouched(), new Pages())) {
                var reference = one(source::load);
                assertThat(reference.receiver()).isSameAs(source);
                assertThat(reference.method().getDeclaringClass())
                        .isEqualTo(source instanceof Pages ? Pages.class : Base.class);
            }
        }
    }

    @Test
    void annotationsAreFoundUpTheHierarchy() {
        assertThat(one(new Pages()::load).declarations().annotation(Step.class))
                .map(Step::name)
                .contains("loads");
        assertThat(one(new Pages()::first).declarations().annotation(Step.class))
                .isEmpty();
    }

    @Test
    void bridgesArePassedOver() {
        var reference = MethodReference.of(new PublicChild().reference());

        assertThat(reference.method().isBridge()).isFalse();
        assertThat(reference.declarations().annotation(Step.class))
                .map(Step::name)
                .contains("shown");
        assertThat(reference.resultType()).isEqualTo(new TypeRef<List<String>>() {}.type());
    }

    @Test
    void theClassOfAProxyIsLookedThrough() throws NoSuchMethodException {
        Pages proxy = new Pages$$SpringCGLIB$$0();

        var reference = one(proxy::load);

        assertThat(reference.receiver()).isSameAs(proxy);
        assertThat(reference.method()).isEqualTo(Pages.class.getDeclaredMethod("load", String.class));
        assertThat(reference.resultType()).isEqualTo(PAGES.type());
    }

    @Test
    void privateMethodsAreNotOverridden() throws NoSuchMethodException {
        assertThat(MethodReference.of(new Pages().secretOfBase()).method())
                .isEqualTo(Base.class.getDeclaredMethod("secret", String.class));
        assertThat(one(this::count).method()).isEqualTo(getClass().getDeclaredMethod("count", String.class));
        assertThat(one(this::count).resultType()).isEqualTo(int.class);
    }

    @Test
    void methodsOfPackageVisibilityAreNotOverriddenFromElsewhere() throws NoSuchMethodException {
        var hidden = Neighbour.class.getDeclaredMethod("hidden", String.class);

        assertThat(Declarations.of(hidden, Child.class).method()).isEqualTo(hidden);
        assertThat(one(new Child()::hidden).method().getDeclaringClass()).isEqualTo(Child.class);
    }

    @Test
    void aStaticReferenceHasNoReceiver() {
        var reference = two(MethodReferenceTest::all);

        assertThat(reference.receiver()).isNull();
        assertThat(reference.isUnbound()).isFalse();
        assertThat(reference.method().getName()).isEqualTo("all");
        assertThat(reference.resultType()).isEqualTo(PAGES.type());
        assertThat(reference.argumentTypes()).containsExactly(new TypeRef<List<String>>() {}.type(), int.class);
        assertThat(reference.exceptions()).isEqualTo(List.of(IOException.class));
    }

    @Test
    void aReferenceThroughTheClassTakesTheReceiverAsItsFirstArgument() {
        var reference = two(Pages::load);

        assertThat(reference.isUnbound()).isTrue();
        assertThat(reference.receiver()).isNull();
        assertThat(reference.isLambda()).isFalse();
        assertThat(reference.argumentTypes()).containsExactly(Pages.class, String.class);
        assertThat(reference.resultType()).isEqualTo(PAGES.type());
    }

    @Test
    void aProcedureReturnsNothing() {
        assertThat(proc(this::save).resultType()).isEqualTo(void.class);
        assertThat(proc(this::save).exceptions()).isEqualTo(List.of(TimeoutException.class));
        assertThat(proc((Proc1<Page, RuntimeException>) this::saveAndCount).resultType())
                .isEqualTo(void.class);
        assertThat(MethodReference.of((Proc0<RuntimeException>) () -> {}).resultType())
                .isEqualTo(void.class);
    }

    @Test
    void aLambdaHasOnlyItsErasedTypesAndWhatItsCallThrows() {
        var captured = new Object();

        var reference = block(() -> {
            if (captured.hashCode() == 0) throw new IOException();
            return new Page(1, "");
        });

        assertThat(reference.isLambda()).isTrue();
        assertThat(reference.resultType()).isEqualTo(Page.class);
        assertThat(reference.exceptions()).isEqualTo(List.of(IOException.class));
        assertThat(reference.receiver()).isNull();
        assertThat(reference.describe()).isEqualTo("a lambda in MethodReferenceTest");
        assertThat(block(() -> List.of(1)).resultType()).isEqualTo(List.class);
        assertThat(block(() -> 1).resultType()).isEqualTo(Integer.class);
        assertThat(one((String text) -> text.length()).argumentTypes()).containsExactly(String.class);
        assertThatThrownBy(reference::method).isInstanceOf(MisuseException.class);
    }

    @Test
    void whatTheCompilerMakesALambdaOfIsALambda() {
        assertThat(MethodReference.of(new Child().viaSuper()).isLambda()).isTrue();
        assertThat(MethodReference.of(new Child().reference()).isLambda()).isTrue();
        assertThat(one(new PublicChild()::show).isLambda()).isTrue();
        assertThat(one((Func1<String, String, RuntimeException>) MethodReferenceTest::joined)
                        .isLambda())
                .isTrue();
    }

    @Test
    void aConstructorHasTheTypeOfItsClass() {
        var reference = two(Page::new);

        assertThat(reference.isLambda()).isTrue();
        assertThat(reference.resultType()).isEqualTo(Page.class);
        assertThat(reference.argumentTypes()).containsExactly(Integer.class, String.class);
        assertThat(reference.describe()).isEqualTo("a constructor reference to Page");
    }

    @Test
    void anOpenTypeVariableIsFilledInByThePlaceOfTheReference() {
        assertThat(one((Func1<String, String, RuntimeException>) MethodReferenceTest::same)
                        .resultType())
                .isEqualTo(String.class);
        assertThat(one((Func1<String, List<String>, RuntimeException>) MethodReferenceTest::listOf)
                        .resultType()
                        .getTypeName())
                .isEqualTo("java.util.List<T>");
    }

    @Test
    void anObjectOfAClassOfItsOwnHasItsGenericTypes() {
        class Loading implements Func1<String, List<Page>, IOException> {
            @Override
            public List<Page> call(String url) throws FileNotFoundException {
                return List.of();
            }
        }
        var loading = new Loading();

        var reference = MethodReference.of(loading);

        assertThat(reference.isLambda()).isTrue();
        assertThat(reference.resultType()).isEqualTo(PAGES.type());
        assertThat(reference.argumentTypes()).containsExactly(String.class);
        assertThat(reference.exceptions()).isEqualTo(List.of(FileNotFoundException.class));
        assertThat(reference.function()).isSameAs(loading);
    }

    @Test
    void methodsOfTheJdkCanBeReferencedToo() {
        var text = "text";

        assertThat(block(text::length).resultType()).isEqualTo(int.class);
        assertThat(block(this::toString).describe()).isEqualTo("Object.toString");
        assertThat(block(
                                new Object() {
                                    Func0<String, ?> inner() {
                                        return () -> "x";
                                    }
                                }.inner())
                        .describe())
                .startsWith("a lambda in " + getClass().getName() + "$");
    }

    @Test
    void nothingThatIsCapturedIsSerialized() {
        var trap = new Serializable() {
            private void writeObject(java.io.ObjectOutputStream out) {
                throw new AssertionError("serialized");
            }

            String load(String key) {
                return key;
            }
        };

        assertThat(one(trap::load).receiver()).isSameAs(trap);
        assertThat(block(() -> trap.load("")).isLambda()).isTrue();
    }

    @Test
    void noReceiverIsKeptAlive() {
        var receivers = new ArrayList<WeakReference<Object>>();
        for (int i = 0; i < 3; i++) {
            var pages = new Pages();
            receivers.add(new WeakReference<>(pages));
            assertThat(one(pages::load).receiver()).isSameAs(pages);
        }

        assertThat(receivers).allSatisfy(MethodReferenceTest::assertCollected);
    }

    @Test
    void noClassLoaderIsKeptAlive() throws Exception {
        var loader = new ChildFirst();
        var reference = (Serializable) loader.loadClass(PublicChild.class.getName())
                .getMethod("reference")
                .invoke(loader.loadClass(PublicChild.class.getName())
                        .getConstructor()
                        .newInstance());
        assertThat(MethodReference.of(reference).method().getDeclaringClass().getClassLoader())
                .isSameAs(loader);

        var gone = new WeakReference<Object>(loader);
        loader = null;
        reference = null;

        assertCollected(gone);
    }

    private static void assertCollected(WeakReference<Object> reference) {
        for (int i = 0; i < 50 && reference.get() != null; i++) System.gc();
        assertThat(reference.get()).isNull();
    }

    /** Loads the classes of one package itself, as a container does for each application. */
    private static final class ChildFirst extends ClassLoader {
        ChildFirst() {
            super(MethodReferenceTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(PublicChild.class.getPackageName())) return super.loadClass(name, resolve);
            var known = findLoadedClass(name);
            if (known != null) return known;
            try (var in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                var bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
