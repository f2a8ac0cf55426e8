package io.sluice.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.discovery.AddressPolicy.Verdict;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressPolicyTest {

  private static final Map<String, String> NAMES =
      Map.of(
          "public.test", "8.8.8.8",
          "private.test", "10.0.0.1",
          "rebinding.test", "127.0.0.1 8.8.8.8 ::1 2a00::1");

  private static InetAddress[] lookUp(String host) throws UnknownHostException {
    String addresses = NAMES.get(host);
    if (addresses == null) {
      throw new UnknownHostException(host);
    }
    return Stream.of(addresses.split(" ", -1))
        .map(InetAddress::ofLiteral)
        .toArray(InetAddress[]::new);
  }

  private static Verdict verdict(boolean allowPrivate, String host, int port) {
    return new ResolvingAddressPolicy(allowPrivate, AddressPolicyTest::lookUp)
        .resolve(host, port)
        .toCompletableFuture()
        .join();
  }

  @Test
  void letsThroughWhatIsPublic() {
    assertThat(verdict(false, "public.test", 443)).isEqualTo(allowed("8.8.8.8"));
    assertThat(verdict(false, "private.test", 443))
        .isEqualTo(new Verdict.Refused("private address"));
    assertThat(verdict(true, "private.test", 443)).isEqualTo(allowed("10.0.0.1"));
    assertThat(verdict(false, "rebinding.test", 443)).isEqualTo(allowed("8.8.8.8", "2a00::1"));
    assertThat(verdict(false, "unknown.test", 443)).isEqualTo(new Verdict.Refused("unknown host"));
  }

  private static Verdict allowed(String... addresses) {
    return new Verdict.Allowed(
        Stream.of(addresses)
            .map(address -> new InetSocketAddress(InetAddress.ofLiteral(address), 443))
            .toList());
  }

  @Test
  void checksWhatItIsAsked() {
    assertThat(verdict(true, "", 443)).isInstanceOf(Verdict.Refused.class);
    assertThat(verdict(true, "public.test", 0)).isInstanceOf(Verdict.Refused.class);
    assertThat(verdict(true, "public.test", 65_536)).isInstanceOf(Verdict.Refused.class);
    assertThat(verdict(true, "x".repeat(256), 443)).isInstanceOf(Verdict.Refused.class);
  }

  /** All the ways to write 127.0.0.1 that the system's parser knows. */
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.1", "2130706433", "[::1]", "::1", "[::ffff:127.0.0.1]"})
  void literalsAreCheckedAsWell(String host) {
    assertThat(AddressPolicy.of(false).resolve(host, 80).toCompletableFuture().join())
        .isEqualTo(new Verdict.Refused("loopback address"));
    assertThat(AddressPolicy.of(true).resolve(host, 80).toCompletableFuture().join())
        .isInstanceOf(Verdict.Allowed.class);
  }

  @Test
  void aSlowResolverHoldsNobodyUp() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicReference<Thread> thread = new AtomicReference<>();
    AddressPolicy policy =
        new ResolvingAddressPolicy(
            false,
            host -> {
              thread.set(Thread.currentThread());
              try {
                release.await();
              } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
              }
              return lookUp(host);
            });
    var waiting = policy.resolve("public.test", 443).toCompletableFuture();
    assertThat(waiting).isNotDone();
    release.countDown();
    assertThat(waiting.join()).isEqualTo(allowed("8.8.8.8"));
    assertThat(thread.get().isVirtual()).isFalse();
    assertThat(thread.get().isDaemon()).isTrue();
  }

  @Test
  void aBrokenResolverIsAnUnknownHost() {
    AddressPolicy policy =
        new ResolvingAddressPolicy(
            true,
            _ -> {
              throw new IllegalArgumentException("odd name");
            });
    assertThat(policy.resolve("a", 1).toCompletableFuture().join())
        .isEqualTo(new Verdict.Refused("unknown host"));
  }
}
