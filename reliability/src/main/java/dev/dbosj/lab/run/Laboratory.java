package dev.dbosj.lab.run;

import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClasspathRoots;
import static org.junit.platform.launcher.EngineFilter.includeEngines;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.platform.engine.Filter;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** All tests of the reliability plan that are on the class path, wherever they come from. */
final class Laboratory {
    private static final String CANARY = "canary";
    private static final Pattern NUMBER = Pattern.compile("T(\\d+)");
    private static final Pattern TESTS = Pattern.compile(".*(-tests\\.jar|test-classes)");

    private final Launcher launcher = LauncherFactory.create();
    private final SortedSet<Experiment> experiments = new TreeSet<>();
    private final SortedSet<String> canaries = new TreeSet<>();

    Laboratory() {
        discover(TagFilter.excludeTags(CANARY)).forEach(this::sort);
        // Methods of a class with parameters can be asked for, but are not shown.
        discover(TagFilter.includeTags(CANARY)).map(Laboratory::className).filter(Objects::nonNull)
                .forEach(canaries::add);
    }

    private Stream<TestIdentifier> discover(Filter<?> filter) {
        var plan = launcher.discover(LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClasspathRoots(testsOnClassPath()))
                .filters(includeEngines("junit-jupiter"))
                // No others are loaded: some tests want to see that a class is not.
                .filters(includeClassNamePatterns(".*Test"))
                .filters(filter)
                .build());
        return plan.getRoots().stream().flatMap(root -> plan.getDescendants(root).stream());
    }

    private static Set<Path> testsOnClassPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(TESTS.asMatchPredicate())
                .map(Path::of)
                .collect(Collectors.toSet());
    }

    private static String className(TestIdentifier test) {
        return switch (test.getSource().orElse(null)) {
            case ClassSource type -> type.getClassName();
            case MethodSource method -> method.getClassName();
            case null, default -> null;
        };
    }

    private void sort(TestIdentifier test) {
        var className = className(test);
        if (className == null) return;
        for (var tag : test.getTags()) {
            var number = NUMBER.matcher(tag.getName());
            if (number.matches()) experiments.add(new Experiment(Integer.parseInt(number.group(1)), className));
        }
    }

    SortedSet<Experiment> experiments() {
        return experiments;
    }

    /** The classes in which something is broken on purpose, and must be found. */
    SortedSet<String> canaries() {
        return canaries;
    }

    Result run(Experiment experiment) {
        return run(experiment.className(), TagFilter.includeTags(experiment.tag()), TagFilter.excludeTags(CANARY));
    }

    Result runCanaries(String className) {
        return run(className, TagFilter.includeTags(CANARY));
    }

    private Result run(String className, Filter<?>... filters) {
        var request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(className))
                .filters(filters)
                .filters(includeEngines("junit-jupiter"))
                .build();
        var watch = new Watch();
        long began = System.nanoTime();
        try (var printed = new Printed()) {
            launcher.execute(request, watch);
            var took = Duration.ofNanos(System.nanoTime() - began);
            return new Result(printed.lines(), took, watch.failures, watch.passed);
        }
    }

    /** Remembers how tests have ended, and containers that failed. */
    private static final class Watch implements TestExecutionListener {
        private final Map<String, Throwable> failures = new LinkedHashMap<>();
        private final List<String> passed = new ArrayList<>();

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            var name = test.getLegacyReportingName();
            if (result.getStatus() == TestExecutionResult.Status.SUCCESSFUL) {
                if (test.isTest()) passed.add(name);
            } else {
                failures.put(name, result.getThrowable().orElseGet(() -> new AssertionError("it was aborted")));
            }
        }
    }
}
