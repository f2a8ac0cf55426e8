package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.http.Admission.Ask;
import io.sluice.http.Admission.Exposure;
import io.sluice.http.Admission.Verdict;
import java.net.InetAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Who may do what, as a table. */
final class AdmissionTest {

  private static final String TOKEN = "the-very-token";

  /** A gateway, and what it answers to a request of each kind: S, R, O and C are let through. */
  record Case(String about, Exposure exposure, Map<String, String> request, String allowed) {
    @Override
    public String toString() {
      return about;
    }
  }

  private static Case of(Exposure exposure, String allowed, String about, String... request) {
    Map<String, String> fields = new TreeMap<>();
    for (String field : request) {
      String[] parts = field.split("=", 2);
      fields.put(parts[0], parts[1]);
    }
    return new Case(about, exposure, fields, allowed);
  }

  private static final Exposure LOCAL = Exposure.LOCAL;
  private static final Exposure PROXIED = Exposure.PROXIED;
  private static final Exposure PUBLIC = Exposure.PUBLIC;

  static final List<Case> TABLE =
      List.of(
          // A gateway of one's own, on http://127.0.0.1:8080.
          of(LOCAL, "SROC", "curl on this machine", "host=127.0.0.1:8080"),
          of(LOCAL, "SROC", "by another loopback name", "host=localhost:8080"),
          of(LOCAL, "SROC", "names know no case", "host=LocalHost:8080"),
          of(LOCAL, "SROC", "by IPv6", "host=[::1]:8080"),
          of(LOCAL, "SROC", "a client of HTTP/1.0"),
          of(LOCAL, "SROC", "a name that the operator allows", "host=tv.lan:8080"),
          of(LOCAL, "SROC", "the operator's other name, by any port", "host=tv.lan"),
          of(LOCAL, "", "a rebound name", "host=attacker.example:8080"),
          of(LOCAL, "", "a rebound name without a port", "host=attacker.example"),
          of(LOCAL, "", "a name that resolvers may ask others for", "host=a.localhost:8080"),
          of(LOCAL, "", "a name that only looks like an address", "host=127.0.0.1.example:8080"),
          of(LOCAL, "", "an address that is not ours", "host=192.168.1.5:8080"),
          of(LOCAL, "", "another port's host", "host=127.0.0.1:9999"),
          of(LOCAL, "S", "some clients of web seeds leave the port out", "host=127.0.0.1"),
          of(LOCAL, "", "credentials before the host", "host=localhost:8080@attacker.example"),
          of(LOCAL, "", "no host at all", "host="),
          of(LOCAL, "", "no sense at all", "host=::::"),
          of(
              LOCAL,
              "SROC",
              "our own page",
              "host=localhost:8080",
              "origin=http://localhost:8080",
              "site=same-origin"),
          of(
              LOCAL,
              "SROC",
              "our own page by another of our names",
              "host=localhost:8080",
              "origin=http://127.0.0.1:8080",
              "site=same-origin"),
          of(LOCAL, "SROC", "typed into the address bar", "host=localhost:8080", "site=none"),
          of(
              LOCAL,
              "S",
              "fetch from a page elsewhere",
              "host=localhost:8080",
              "origin=https://elsewhere.example",
              "site=cross-site"),
          of(
              LOCAL,
              "S",
              "a form of a page elsewhere, in an old browser",
              "host=localhost:8080",
              "origin=https://elsewhere.example"),
          of(LOCAL, "S", "a sandboxed page", "host=localhost:8080", "origin=null"),
          of(LOCAL, "S", "an image of a page elsewhere", "host=localhost:8080", "site=cross-site"),
          of(
              LOCAL,
              "S",
              "a page of another port is same-site",
              "host=localhost:8080",
              "site=same-site"),
          of(
              LOCAL,
              "S",
              "a page of another port",
              "host=localhost:8080",
              "origin=http://localhost:3000"),
          of(
              LOCAL,
              "S",
              "a page of another scheme",
              "host=localhost:8080",
              "origin=https://localhost:8080"),
          of(
              LOCAL,
              "",
              "a rebound name is no excuse for its own origin",
              "host=attacker.example:8080",
              "origin=http://attacker.example:8080",
              "site=same-origin"),
          of(LOCAL, "SRO", "a proxy that nobody spoke of", "host=localhost:8080", "forwarded=yes"),
          of(
              LOCAL,
              "SRO",
              "an address behind a proxy that Quarkus knows",
              "host=localhost:8080",
              "from=198.51.100.7"),
          // Behind a proxy, as https://tube.example.
          of(PROXIED, "SRO", "the world", "host=tube.example"),
          of(PROXIED, "SRO", "by the name that nginx gives by itself", "host=127.0.0.1:8080"),
          of(PROXIED, "SROC", "the operator", "host=tube.example", "bearer=" + TOKEN),
          of(PROXIED, "SRO", "a wrong token", "host=tube.example", "bearer=the-very-tokem"),
          of(PROXIED, "SRO", "a token's beginning", "host=tube.example", "bearer=the-very"),
          of(PROXIED, "", "a rebound name", "host=attacker.example", "bearer=" + TOKEN),
          of(
              PROXIED,
              "SROC",
              "our own page, whose scheme the proxy speaks",
              "host=tube.example",
              "origin=https://tube.example",
              "bearer=" + TOKEN),
          of(
              PROXIED,
              "S",
              "a page elsewhere that knows the token",
              "host=tube.example",
              "origin=https://elsewhere.example",
              "bearer=" + TOKEN),
          // Where others reach it.
          of(PUBLIC, "SRO", "the world, by address", "host=198.51.100.1:8080"),
          of(PUBLIC, "SRO", "the world, by name", "host=tube.example:8080"),
          of(PUBLIC, "SRO", "this machine is not trusted more", "host=127.0.0.1:8080"),
          of(PUBLIC, "SOC", "a name that we do not know", "host=other.example", "bearer=" + TOKEN),
          of(PUBLIC, "SROC", "the operator", "host=198.51.100.1:8080", "bearer=" + TOKEN),
          of(
              PUBLIC,
              "S",
              "a page of a rebound name",
              "host=attacker.example:8080",
              "site=cross-site"));

  private static Verdict decide(Case one, Ask ask) {
    String url = one.exposure() == LOCAL ? "http://127.0.0.1:8080" : "https://tube.example";
    Admission admission =
        new Admission(
            one.exposure(),
            Set.of("TV.lan"),
            () -> URI.create(url),
            one.exposure() == LOCAL ? Optional.empty() : Optional.of(new AdminToken(TOKEN)));
    Map<String, String> request = one.request();
    return admission.decide(
        new Admission.Asked(
            ask,
            Optional.of(InetAddress.ofLiteral(request.getOrDefault("from", "127.0.0.1"))),
            request.containsKey("forwarded"),
            "http",
            8080,
            optional(request.get("host")),
            optional(request.get("origin")),
            optional(request.get("site")),
            optional(request.get("bearer")).map(token -> "Bearer " + token)));
  }

  private static Optional<String> optional(@Nullable String text) {
    return Optional.ofNullable(text);
  }

  @ParameterizedTest
  @FieldSource("TABLE")
  void decides(Case one) {
    StringBuilder allowed = new StringBuilder();
    for (Ask ask : Ask.values()) {
      if (decide(one, ask) instanceof Verdict.Allowed) {
        allowed.append(ask.name().charAt(0));
      }
    }
    assertThat(allowed.toString()).isEqualTo(one.allowed());
  }

  @ParameterizedTest
  @FieldSource("TABLE")
  void refusesInOneLine(Case one) {
    Arrays.stream(Ask.values())
        .map(ask -> decide(one, ask))
        .filter(Verdict.Refused.class::isInstance)
        .map(Verdict.Refused.class::cast)
        .forEach(
            refused -> {
              assertThat(refused.status()).isIn(401, 403);
              assertThat(refused.detail()).isNotBlank().doesNotContain("\n");
            });
  }

  @Test
  void asksForTheTokenWhereItIsMissingAlone() {
    Case world = of(PUBLIC, "", "", "host=198.51.100.1");
    assertThat(decide(world, Ask.CHANGE))
        .isInstanceOfSatisfying(
            Verdict.Refused.class, refused -> assertThat(refused.status()).isEqualTo(401));
  }

  @Test
  void takesTheTokenAsHeadersCarryIt() {
    AdminToken token = new AdminToken(TOKEN);
    assertThat(token.isShownIn("Bearer " + TOKEN)).isTrue();
    assertThat(token.isShownIn("bearer   " + TOKEN + " ")).isTrue();
    for (String wrong :
        List.of("", "Bearer", "Bearer ", TOKEN, "Basic " + TOKEN, "Bearer " + TOKEN + "x")) {
      assertThat(token.isShownIn(wrong)).as(wrong).isFalse();
    }
  }
}
