package io.gat;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.gat.decide.Decider;
import io.gat.decide.Decision;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the lines between packages (DESIGN.md, section 4). */
final class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.gat");

  /**
   * What each package may know of gat beside itself; {@code server} and {@code cli} may know all.
   */
  static Stream<Arguments> dependencies() {
    return Stream.of(
        Arguments.of("json", List.of()),
        Arguments.of("revocation", List.of()),
        Arguments.of("fetch", List.of()),
        Arguments.of("log", List.of()),
        Arguments.of("audit", List.of("log", "keys", "token", "json")),
        Arguments.of("keys", List.of("json", "fetch", "log", "audit")),
        Arguments.of("keys.wrap", List.of("keys", "json", "fetch")),
        Arguments.of("feed", List.of("revocation")),
        Arguments.of("usage", List.of("audit", "decide", "policy")),
        Arguments.of("bundle", List.of("keys", "json", "policy")),
        Arguments.of("token", List.of("keys", "json")),
        Arguments.of("decide", List.of("token", "revocation", "policy", "keys", "json")),
        Arguments.of("call", List.of("decide", "policy", "token")),
        Arguments.of("extauthz", List.of("call", "decide", "policy", "token", "json")),
        Arguments.of(
            "admin",
            List.of(
                "decide",
                "extauthz",
                "audit",
                "issue",
                "log",
                "telemetry",
                "policy",
                "token",
                "keys",
                "revocation",
                "json",
                "usage")),
        Arguments.of("cache", List.of("decide", "keys")),
        Arguments.of(
            "telemetry", List.of("audit", "decide", "feed", "keys", "log", "policy", "token")),
        Arguments.of("issue", List.of("token", "keys", "json", "revocation", "log", "audit")),
        Arguments.of(
            "http",
            List.of("admin", "audit", "call", "decide", "policy", "issue", "keys", "revocation")),
        Arguments.of("config", List.of("bundle", "call", "decide", "policy", "token", "keys")));
  }

  @ParameterizedTest
  @MethodSource("dependencies")
  void knowsOnlyWhatItMay(String name, List<String> others) {
    DescribedPredicate<JavaClass> otherPackage =
        describe(
            "in a package of gat that " + name + " may not know",
            c ->
                c.getPackageName().startsWith("io.gat.")
                    && Stream.concat(Stream.of(name), others.stream())
                        .map(p -> "io.gat." + p)
                        .noneMatch(
                            p ->
                                c.getPackageName().equals(p)
                                    || c.getPackageName().startsWith(p + ".")));
    noClasses()
        .that()
        .resideInAPackage("io.gat." + name + "..")
        .should()
        .dependOnClassesThat(otherPackage)
        .check(CLASSES);
  }

  /** Where each library may be seen. */
  static Stream<Arguments> libraries() {
    return Stream.of(
        Arguments.of("com.github.benmanes.caffeine..", List.of("cache")),
        Arguments.of("io.micrometer..", List.of("telemetry")),
        Arguments.of("io.opentelemetry..", List.of("telemetry")),
        Arguments.of("io.helidon..", List.of("server", "http")),
        Arguments.of("org.jose4j..", List.of("token", "keys", "issue")),
        Arguments.of("com.google.protobuf..", List.of("extauthz", "feed", "server")),
        Arguments.of("io.envoyproxy..", List.of("extauthz", "feed", "server")),
        Arguments.of("io.grpc..", List.of("extauthz", "feed", "server")),
        Arguments.of("com.google.common..", List.of("revocation", "policy")),
        Arguments.of("org.apache.commons..", List.of("bundle")),
        Arguments.of("picocli..", List.of("cli")),
        Arguments.of("java.sql..", List.of("log")),
        Arguments.of("org.sqlite..", List.of("log")),
        Arguments.of("dev.cel..", List.of("policy")));
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void keepsLibrariesInTheirRoom(String library, List<String> rooms) {
    classes()
        .that()
        .resideOutsideOfPackages(
            rooms.stream().map(r -> "io.gat." + r + "..").toArray(String[]::new))
        .should()
        .onlyDependOnClassesThat(
            DescribedPredicate.not(resideInAnyPackage(library)).as("outside of " + library))
        .check(CLASSES);
  }

  @Test
  void allowsInOnePlace() {
    List<String> places =
        CLASSES.get(Decision.Allow.class).getConstructors().stream()
            .flatMap(c -> c.getAccessesToSelf().stream())
            .map(JavaAccess::getOrigin)
            .map(origin -> origin.getOwner().getName() + "." + origin.getName())
            .toList();

    assertEquals(List.of(Decider.class.getName() + ".allow"), places);
  }
}
