package io.sluice;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The layout is the architecture: what each floor may import, as data. Imports only go down. */
final class FloorsTest {

  /** A package and what it may use beside itself, the JDK and JSpecify. */
  record Floor(String name, List<String> mayUse) {
    Floor(String name, String... mayUse) {
      this(name, List.of(mayUse));
    }
  }

  private static final String WIRE = "io.sluice.wire..";
  private static final String METAINFO = "io.sluice.metainfo..";
  private static final String CACHE = "io.sluice.cache..";
  private static final String TRANSPORT = "io.sluice.transport..";
  private static final String DISCOVERY = "io.sluice.discovery..";
  private static final String SWARM = "io.sluice.swarm..";
  private static final String STREAM = "io.sluice.stream..";
  private static final String LIBRARY = "io.sluice.library..";

  private static final String LOGGING = "org.jboss.logging..";
  private static final String VERTX = "io.vertx..";

  static final List<Floor> FLOORS =
      List.of(
          new Floor("wire", "com.fasterxml.jackson.core.."),
          new Floor("metainfo", WIRE),
          new Floor(
              "cache",
              WIRE,
              METAINFO,
              LOGGING,
              "com.github.benmanes.caffeine..",
              "io.netty.buffer.."),
          new Floor(
              "transport",
              WIRE,
              METAINFO,
              LOGGING,
              "dev.onvoid.webrtc..",
              "javax.crypto..",
              "jdk.net..",
              VERTX),
          new Floor("discovery", WIRE, METAINFO, LOGGING, "io.netty..", "javax.net.ssl.."),
          new Floor(
              "tracker", WIRE, METAINFO, LOGGING, VERTX, "io.netty.channel..", "javax.crypto.."),
          new Floor("swarm", WIRE, METAINFO, CACHE, TRANSPORT, DISCOVERY, LOGGING),
          new Floor("stream", WIRE, METAINFO, CACHE, SWARM),
          new Floor(
              "library",
              WIRE,
              METAINFO,
              CACHE,
              TRANSPORT,
              SWARM,
              LOGGING,
              "com.fasterxml.jackson.."),
          new Floor(
              "http",
              WIRE,
              METAINFO,
              CACHE,
              TRANSPORT,
              DISCOVERY,
              SWARM,
              STREAM,
              LIBRARY,
              LOGGING,
              VERTX,
              "io.netty.buffer..",
              "io.netty.channel..",
              "io.netty.util.concurrent..",
              "io.smallrye.mutiny..",
              "io.smallrye.common.annotation..",
              "io.quarkus..",
              "jakarta..",
              "com.fasterxml.jackson..",
              "org.eclipse.microprofile..",
              "org.jboss.resteasy.."),
          new Floor("embed", WIRE, METAINFO, VERTX, "jakarta..", "io.quarkus.."));

  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.sluice");

  @ParameterizedTest
  @FieldSource("FLOORS")
  void importsOnlyGoDown(Floor floor) {
    String own = "io.sluice." + floor.name() + "..";
    String[] allowed =
        Stream.concat(Stream.of(own, "java..", "org.jspecify.."), floor.mayUse().stream())
            .toArray(String[]::new);
    classes()
        .that()
        .resideInAPackage(own)
        .should()
        .onlyDependOnClassesThat(resideInAnyPackage(allowed))
        .allowEmptyShould(true)
        .check(CODE);
  }

  @Test
  void everyPackageIsAFloor() {
    classes()
        .should()
        .resideInAnyPackage(
            Stream.concat(
                    FLOORS.stream().map(floor -> "io.sluice." + floor.name() + ".."),
                    Stream.of("io.sluice.app.."))
                .toArray(String[]::new))
        .check(CODE);
  }

  @Test
  void floorsHaveNoCycles() {
    slices().matching("io.sluice.(*)..").should().beFreeOfCycles().check(CODE);
  }

  @Test
  void webrtcStaysInItsRoom() {
    classes()
        .that(resideInAnyPackage("dev.onvoid.webrtc.."))
        .should()
        .onlyHaveDependentClassesThat(
            resideInAnyPackage("io.sluice.transport.webrtc..", "dev.onvoid.webrtc.."))
        .allowEmptyShould(true)
        .check(CODE);
  }

  @Test
  void httpClientsStayWithTheWebSeeds() {
    noClasses()
        .that()
        .resideInAPackage("io.sluice.transport..")
        .and()
        .resideOutsideOfPackage("io.sluice.transport.webseed..")
        .should()
        .dependOnClassesThat(resideInAnyPackage(VERTX))
        .check(CODE);
  }
}
