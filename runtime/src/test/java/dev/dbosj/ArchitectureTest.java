package dev.dbosj;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/** The rooms of the runtime, and which way one may look out of each. */
@AnalyzeClasses(packages = "dev.dbosj", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule arrowsPointDownwards = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("doors").definedBy("dev.dbosj")
            .layer("executor").definedBy("dev.dbosj.executor")
            .layer("run").definedBy("dev.dbosj.run")
            .layer("wait").definedBy("dev.dbosj.wait")
            .layer("commit").definedBy("dev.dbosj.commit")
            .layer("code").definedBy("dev.dbosj.code")
            .layer("json").definedBy("dev.dbosj.json")
            .layer("store").definedBy("dev.dbosj.store..")
            .layer("workflow").definedBy("dev.dbosj.workflow")
            .layer("exceptions").definedBy("dev.dbosj.exceptions")
            .layer("time").definedBy("dev.dbosj.time")
            .whereLayer("doors").mayNotBeAccessedByAnyLayer()
            .whereLayer("executor").mayOnlyBeAccessedByLayers("doors")
            .whereLayer("run").mayOnlyBeAccessedByLayers("doors", "executor")
            .whereLayer("wait").mayOnlyBeAccessedByLayers("doors", "executor", "run")
            .whereLayer("commit").mayOnlyBeAccessedByLayers("doors", "executor", "run", "wait")
            .whereLayer("code").mayOnlyBeAccessedByLayers("doors", "executor", "run")
            .whereLayer("json").mayOnlyBeAccessedByLayers("doors", "executor", "run", "code")
            .whereLayer("store").mayOnlyBeAccessedByLayers("doors", "executor", "run", "wait", "commit")
            .whereLayer("workflow").mayOnlyBeAccessedByLayers("doors", "executor", "run", "wait", "commit", "code", "json", "store")
            .whereLayer("exceptions").mayOnlyBeAccessedByLayers("doors", "executor", "run", "wait", "commit", "code", "json", "store", "workflow")
            .whereLayer("time").mayOnlyBeAccessedByLayers("doors", "executor", "run", "wait", "commit", "store");

    @ArchTest
    static final ArchRule packagesHaveNoCycles = slices().matching("dev.dbosj.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyTheSeamsKnowTimeChanceAndThreads = noClasses()
            .that(resideInAPackage("dev.dbosj..").and(JavaClass.Predicates.resideOutsideOfPackage("dev.dbosj.time")))
            .should().callMethod(Instant.class, "now")
            .orShould().callMethod(System.class, "currentTimeMillis")
            .orShould().callMethod(System.class, "nanoTime")
            .orShould().callMethod(UUID.class, "randomUUID")
            .orShould().callMethod(Thread.class, "sleep", long.class)
            .orShould().callMethod(Thread.class, "sleep", Duration.class)
            .orShould().callMethod(Thread.class, "ofVirtual")
            .orShould().callMethod(Thread.class, "ofPlatform")
            .orShould().callConstructorWhere(JavaCall.Predicates.target(
                    With.owner(JavaClass.Predicates.assignableTo(Thread.class))))
            .orShould().accessClassesThat().areAssignableTo(Clock.class)
            .orShould().accessClassesThat().areAssignableTo(Executors.class)
            .orShould().accessClassesThat().areAssignableTo(ThreadLocalRandom.class)
            .orShould().accessClassesThat().areAssignableTo(Random.class)
            .orShould().accessClassesThat().areAssignableTo(LockSupport.class);

    @ArchTest
    static final ArchRule theEngineKnowsNoDriver = noClasses().should().dependOnClassesThat()
            .resideInAnyPackage("org.sqlite..", "org.postgresql..", "com.zaxxer..");

    @ArchTest
    static final ArchRule theStoreIsReachedThroughItsSpi = noClasses()
            .that().resideOutsideOfPackage("dev.dbosj.store..")
            .should().dependOnClassesThat().resideInAPackage("dev.dbosj.store.memory");

    @ArchTest
    static final ArchRule exceptionsEndInException = classes().that().areAssignableTo(RuntimeException.class)
            .should().haveSimpleNameEndingWith("Exception");
}
