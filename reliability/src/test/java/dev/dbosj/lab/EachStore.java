package dev.dbosj.lab;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.ParameterDeclarations;

/**
 * All tests of the class are made with each {@link Store}, which its constructor is given; in a build of one's own, where
 * time is short, with one that is drawn.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedClass(name = "{0}")
@ArgumentsSource(EachStore.Chosen.class)
@interface EachStore {
    /** Whether one store is enough where there is little time, in CI as well. */
    boolean oneInEveryBuild() default false;

    /** All, or the one that a system property names. */
    final class Chosen implements ArgumentsProvider {
        private static final boolean CI = "true".equals(System.getenv("CI"));
        private static final boolean LONG = System.getProperty("dbosj.seconds") != null;

        @Override
        public Stream<Arguments> provideArguments(ParameterDeclarations parameters, ExtensionContext context) {
            var named = System.getProperty("dbosj.lab.store");
            var stores = Stream.of(Store.values());
            if (named != null) stores = stores.filter(store -> named.equals(store.toString()));
            else if (!LONG && (!CI || isShort(context))) stores = Stream.of(drawn(context.getRequiredTestClass().getName()));
            return stores.map(Arguments::of);
        }

        private static boolean isShort(ExtensionContext context) {
            return context.getRequiredTestClass().getAnnotation(EachStore.class).oneInEveryBuild();
        }

        private static Store drawn(String className) {
            return Store.values()[Math.floorMod(Lab.SEED + className.hashCode(), Store.values().length)];
        }
    }
}
