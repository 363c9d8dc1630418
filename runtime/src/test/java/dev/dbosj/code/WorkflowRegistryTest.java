package dev.dbosj.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.MisuseException;
import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.json.ErrorCodec;
import dev.dbosj.json.JsonCodec;
import dev.dbosj.workflow.Functions.Func0;
import dev.dbosj.workflow.Functions.Func1;
import dev.dbosj.workflow.Functions.Func2;
import dev.dbosj.workflow.Functions.Proc0;
import dev.dbosj.workflow.RetryPolicy;
import dev.dbosj.workflow.TypeRef;
import dev.dbosj.workflow.Workflow;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkflowRegistryTest {
    private final JsonCodec codec = new JsonCodec(1 << 20);
    private final WorkflowRegistry registry = new WorkflowRegistry(codec, new ErrorCodec(codec, List.of()));

    record Page(int number) {}

    interface Auditing<T> {
        @Workflow(maxRecoveryAttempts = 3, maxAttempts = 5, intervalSeconds = 0.25, abortOn = IOException.class)
        default List<T> audit(T element) {
            return List.of(element);
        }

        @Workflow
        void sweep();
    }

    abstract static class Base<T> {
        @Workflow
        protected T latest(List<T> elements) throws IOException {
            throw new IOException("nothing");
        }

        @Workflow(name = "renamed")
        private String internal(String text) {
            return "internal " + text;
        }

        Func1<String, String, ?> internal() {
            return this::internal;
        }
    }

    static class Ingest extends Base<Page> implements Auditing<Page> {
        private final String name;

        Ingest(String name) {
            this.name = name;
        }

        @Workflow
        private int indexAll(List<String> urls) {
            return urls.size();
        }

        @Override
        public void sweep() {}

        @Workflow
        static String version() {
            return "1";
        }

        String notOne(String text) {
            return name + text;
        }

        Func1<List<String>, Integer, ?> reference() {
            return this::indexAll;
        }
    }

    static class Ingest$$SpringCGLIB$$0 extends Ingest {
        Ingest$$SpringCGLIB$$0() {
            super("proxy");
        }

        @Override
        public void sweep() {
            super.sweep();
        }
    }

    static class Overriding extends Ingest {
        Overriding() {
            super("subclass");
        }

        @Override
        protected Page latest(List<Page> elements) {
            return elements.getLast();
        }
    }

    private WorkflowDefinition of(Func0<?, ?> function) {
        return registry.of(MethodReference.of(function));
    }

    private <A> WorkflowDefinition of(Func1<A, ?, ?> function) {
        return registry.of(MethodReference.of(function));
    }

    private WorkflowDefinition ofProcedure(Proc0<?> function) {
        return registry.of(MethodReference.of(function));
    }

    @Test
    void workflowsOfTheClassItsSuperclassesAndItsInterfacesAreRegistered() {
        registry.register(new Ingest("a"));

        assertThat(registry.names()).containsExactly("audit", "indexAll", "latest", "renamed", "sweep", "version");
        assertThat(registry.find("unknown")).isNull();
    }

    @Test
    void aDefinitionKnowsItsTypesAsTheRegisteredClassSeesThem() {
        registry.register(new Ingest("a"));
        var pages = new TypeRef<List<Page>>() {}.type();

        assertThat(registry.find("latest").argumentTypes()).containsExactly(pages);
        assertThat(registry.find("latest").resultType()).isEqualTo(Page.class);
        assertThat(registry.find("latest").exceptions()).isEqualTo(List.of(IOException.class));
        assertThat(registry.find("latest").maxRecoveryAttempts()).isEqualTo(100);
        assertThat(registry.find("audit").resultType()).isEqualTo(pages);
        assertThat(registry.find("audit").maxRecoveryAttempts()).isEqualTo(3);
        assertThat(registry.find("audit").retries())
                .isEqualTo(RetryPolicy.attempts(5).interval(Duration.ofMillis(250)).abortOn(IOException.class));
        assertThat(registry.find("latest").retries()).isNull();
        assertThat(registry.find("sweep").resultType()).isEqualTo(void.class);
        assertThat(registry.find("version").target()).isNull();
    }

    @Test
    void aDefinitionRunsItsMethodWhateverItsVisibility() throws Throwable {
        registry.register(new Ingest("a"));

        assertThat(registry.find("indexAll").invoke(new Object[] {List.of("x", "y")}))
                .isEqualTo(2);
        assertThat(registry.find("renamed").invoke(new Object[] {"x"})).isEqualTo("internal x");
        assertThat(registry.find("audit").invoke(new Object[] {new Page(1)})).isEqualTo(List.of(new Page(1)));
        assertThat(registry.find("version").invoke(new Object[0])).isEqualTo("1");
        assertThat(registry.find("sweep").invoke(new Object[0])).isNull();
        assertThatThrownBy(() -> registry.find("latest").invoke(new Object[] {List.of()}))
                .isInstanceOf(IOException.class)
                .hasMessage("nothing");
    }

    @Test
    void aReferenceFindsItsDefinition() {
        var ingest = new Ingest("a");
        Base<Page> base = ingest;
        Auditing<Page> auditing = ingest;
        registry.register(ingest);

        assertThat(of(ingest::indexAll)).isSameAs(registry.find("indexAll"));
        assertThat(registry.of(MethodReference.of(ingest.reference()))).isSameAs(registry.find("indexAll"));
        assertThat(of(base::latest)).isSameAs(registry.find("latest"));
        assertThat(registry.of(MethodReference.of(base.internal()))).isSameAs(registry.find("renamed"));
        assertThat(of(auditing::audit)).isSameAs(registry.find("audit"));
        assertThat(ofProcedure(auditing::sweep)).isSameAs(registry.find("sweep"));
        assertThat(of(Ingest::version)).isSameAs(registry.find("version"));
    }

    @Test
    void anOverridingMethodNeedsNoAnnotationOfItsOwn() throws Throwable {
        var overriding = new Overriding();
        registry.register(overriding);

        assertThat(of(overriding::latest).invoke(new Object[] {List.of(new Page(7))}))
                .isEqualTo(new Page(7));
        assertThat(registry.find("latest").exceptions()).isEmpty();
    }

    @Test
    void aSecondObjectOfAClassIsRegisteredUnderAnInstanceName() {
        var first = new Ingest("a");
        var second = new Ingest("b");
        registry.register(first);
        registry.register("eu", second);

        assertThat(registry.names()).contains("indexAll", "indexAll@eu").doesNotContain("version@eu");
        assertThat(of(first::indexAll).name()).isEqualTo("indexAll");
        assertThat(of(second::indexAll).name()).isEqualTo("indexAll@eu");
        assertThat(of(second::indexAll).target()).isSameAs(second);
    }

    @Test
    void aProxyStandsForTheObjectOfItsClass() {
        var ingest = new Ingest("a");
        Ingest proxy = new Ingest$$SpringCGLIB$$0();
        registry.register(ingest);

        assertThat(of(proxy::indexAll).target()).isSameAs(ingest);
        assertThat(ofProcedure(proxy::sweep).target()).isSameAs(ingest);
    }

    @Test
    void theObjectBehindARegisteredProxyIsFoundToo() {
        var ingest = new Ingest("a");
        Ingest proxy = new Ingest$$SpringCGLIB$$0();
        registry.register(proxy);

        assertThat(of(ingest::indexAll).target()).isSameAs(proxy);
        assertThat(ofProcedure(ingest::sweep).target()).isSameAs(proxy);
    }

    @Test
    void aProxyOfTwoRegisteredObjectsIsRefused() {
        registry.register(new Ingest("a"));
        registry.register("b", new Ingest("b"));
        Ingest proxy = new Ingest$$SpringCGLIB$$0();

        assertThatThrownBy(() -> of(proxy::indexAll))
                .isInstanceOf(MisuseException.class)
                .hasMessageContaining("[indexAll, indexAll@b]");
    }

    @Test
    void aDynamicProxyIsRegisteredByItsInterfaces() throws Throwable {
        var proxy = (Auditing<?>) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {PageAuditing.class}, (self, method, arguments) -> null);
        registry.register(proxy);

        assertThat(registry.names()).containsExactly("audit", "sweep");
        assertThat(ofProcedure(proxy::sweep).invoke(new Object[0])).isNull();
    }

    interface PageAuditing extends Auditing<Page> {}

    @Test
    void staticWorkflowsAreRegisteredByTheirClass() {
        registry.register(Ingest.class);

        assertThat(registry.names()).containsExactly("version");
        assertThat(of(Ingest::version)).isSameAs(registry.find("version"));
    }

    @Test
    void aFunctionWithExplicitTypesIsAWorkflow() throws Throwable {
        var pages = new TypeRef<List<Page>>() {}.type();
        var function = registry.registerFunction("double", Page.class, pages, (Page page) -> {
            if (page.number() < 0) throw new IOException("negative");
            return List.of(page, page);
        });

        var definition = registry.find("double");

        assertThat(of(function)).isSameAs(definition);
        assertThat(definition.argumentTypes()).containsExactly(Page.class);
        assertThat(definition.resultType()).isEqualTo(pages);
        assertThat(definition.exceptions()).isEqualTo(List.of(Exception.class));
        assertThat(definition.invoke(new Object[] {new Page(1)})).isEqualTo(List.of(new Page(1), new Page(1)));
        assertThatThrownBy(() -> definition.invoke(new Object[] {new Page(-1)})).isInstanceOf(IOException.class);
    }

    @Test
    void whatIsNoWorkflowIsRefusedWithTheRemedy() {
        var ingest = new Ingest("a");
        registry.register(ingest);

        assertThatThrownBy(() -> of(() -> 1))
                .isInstanceOf(MisuseException.class)
                .hasMessageContaining("a lambda in WorkflowRegistryTest")
                .hasMessageContaining("this::method");
        assertThatThrownBy(() -> of(ingest::notOne))
                .isInstanceOf(MisuseException.class)
                .hasMessageContaining("Ingest.notOne is not a workflow")
                .hasMessageContaining("@Workflow");
        assertThatThrownBy(() -> of(new Ingest("b")::indexAll))
                .isInstanceOf(MisuseException.class)
                .hasMessageContaining("instance name");
        assertThatThrownBy(() -> of(((Ingest) new Overriding())::indexAll))
                .isInstanceOf(MisuseException.class)
                .hasMessageContaining("not registered");
        assertThatThrownBy(() -> of(new Overriding()::latest))
                .isInstanceOf(MisuseException.class)
                .hasMessageContaining("Overriding.latest is not registered");
        assertThatThrownBy(() -> registry.of(
                        MethodReference.of((Func2<Ingest, List<String>, Integer, RuntimeException>) Ingest::indexAll)))
                .isInstanceOf(MisuseException.class)
                .hasMessageContaining("object::indexAll");
    }

    @Test
    void anObjectNobodyRegisteredIsRefused() {
        assertThatThrownBy(() -> of(new Ingest("a")::indexAll))
                .isInstanceOf(MisuseException.class)
                .hasMessageContaining("register(the object of " + Ingest.class.getName());
        assertThatThrownBy(() -> of(Ingest::version))
                .isInstanceOf(MisuseException.class)
                .hasMessageContaining("register(Ingest.class)");
    }

    @Test
    void twoOfOneNameAreRefusedAndNothingOfTheSecondStays() {
        registry.register(new Ingest("a"));

        class Other {
            @Workflow
            void another() {}

            @Workflow
            void indexAll() {}
        }

        assertThatThrownBy(() -> registry.register(new Other()))
                .isInstanceOf(MisuseException.class)
                .hasMessageContaining("'indexAll' of Other.indexAll is taken by Ingest.indexAll");
        assertThatThrownBy(() -> registry.register(new Ingest("b")))
                .isInstanceOf(MisuseException.class)
                .hasMessageContaining("instance name");
        assertThat(registry.names()).doesNotContain("another");
        assertThatThrownBy(() -> registry.register(new Object() {
                    @Workflow
                    void twice() {}

                    @Workflow
                    void twice(String text) {}
                }))
                .isInstanceOf(MisuseException.class)
                .hasMessageContaining("'twice'");
    }

    @Test
    void wrongDefinitionsAreRefused() {
        assertThatThrownBy(() -> registry.register(new Page(1)))
                .isInstanceOf(MisuseException.class)
                .hasMessageContaining("no @Workflow method");
        assertThatThrownBy(() -> registry.register(Page.class))
                .isInstanceOf(MisuseException.class)
                .hasMessageContaining("no static @Workflow method");
        assertThatThrownBy(() -> registry.register("a@b", new Ingest("a")))
                .isInstanceOf(MisuseException.class)
                .hasMessageContaining("'@'");
        assertThatThrownBy(() -> registry.register(" ", new Ingest("a"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> registry.register(new Object() {
                    @Workflow(name = "a@b")
                    void named() {}
                }))
                .isInstanceOf(MisuseException.class)
                .hasMessageContaining("'a@b'");
        assertThatThrownBy(() -> registry.register(new Object() {
                    @Workflow(maxRecoveryAttempts = 0)
                    void never() {}
                }))
                .isInstanceOf(MisuseException.class)
                .hasMessageContaining("1..1000");
        assertThatThrownBy(() -> registry.register(new Object() {
                    @Workflow(maxAttempts = 1001)
                    void often() {}
                }))
                .isInstanceOf(MisuseException.class)
                .hasMessageContaining("workflow 'often'").hasMessageContaining("1..1000");
        assertThatThrownBy(() -> registry.register(new Object() {
                    @Workflow
                    void streaming(String name, InputStream in) {}
                }))
                .isInstanceOf(PayloadException.class)
                .hasMessageStartingWith("argument 2 of workflow 'streaming'");
        assertThatThrownBy(() -> registry.register(new Object() {
                    @Workflow
                    <T> T any() {
                        return null;
                    }
                }))
                .isInstanceOf(PayloadException.class)
                .hasMessageStartingWith("the result of workflow 'any'");
        assertThatThrownBy(() -> registry.register(new Object() {
                    @Workflow
                    void parse() throws java.net.URISyntaxException {}
                }))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("URISyntaxException");
        assertThat(registry.names()).isEmpty();
    }
}
