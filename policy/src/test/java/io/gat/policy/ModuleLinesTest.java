package io.gat.policy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The lines between the packages, as DESIGN.md, section 4, draws them. */
@AnalyzeClasses(packages = "io.gat.policy", importOptions = ImportOption.DoNotIncludeTests.class)
class ModuleLinesTest {
  @ArchTest
  static final ArchRule WORDS_KNOW_NOBODY =
      noClasses()
          .that()
          .resideInAPackage("io.gat.policy")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.gat.policy.*..", "dev.cel..", "org.snakeyaml..");

  @ArchTest
  static final ArchRule PARSE_KNOWS_ONLY_TEXT =
      noClasses()
          .that()
          .resideInAPackage("io.gat.policy.parse")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.gat.policy.compile..", "io.gat.policy.evaluate..", "dev.cel..");

  @ArchTest
  static final ArchRule EVALUATION_IS_PURE =
      noClasses()
          .that()
          .resideInAPackage("io.gat.policy.evaluate")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.gat.policy.compile..",
              "io.gat.policy.parse..",
              "org.snakeyaml..",
              "java.io..",
              "java.nio.file..",
              "java.nio.channels..");

  @ArchTest
  static final ArchRule LINTS_KNOW_NO_COMPILER =
      noClasses()
          .that()
          .resideInAPackage("io.gat.policy.lint")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.gat.policy.compile..", "dev.cel..", "java.io..", "java.nio..");

  @ArchTest
  static final ArchRule YAML_STAYS_IN_PARSE =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.gat.policy.parse")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.snakeyaml..");

  @ArchTest
  static final ArchRule FREE_OF_NETWORK_AND_JSON_WEB_CODE =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.net.http..",
              "io.grpc..",
              "io.helidon..",
              "org.jose4j..",
              "javax.crypto..",
              "com.fasterxml..",
              "io.envoyproxy..",
              "java.nio.channels..")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.net.Socket")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.net.InetAddress");
}
