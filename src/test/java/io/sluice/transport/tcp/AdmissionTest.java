package io.sluice.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.SeededCases;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class AdmissionTest {

  private static final InetAddress HERE = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress THERE = InetAddress.ofLiteral("192.0.2.2");

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1_000);

  private Admission admission(Limits limits) {
    return new Admission(limits.make(), clock::get);
  }

  @Test
  void boundsAllConnectionsBothWays() {
    Admission admission = admission(Limits.USUAL.connections(3, 3));
    Optional<Admission.Place> inbound = admission.inbound(HERE);
    assertThat(inbound).isPresent();
    assertThat(admission.outbound()).isPresent();
    assertThat(admission.outbound()).isPresent();
    assertThat(admission.outbound()).isEmpty();
    assertThat(admission.inbound(THERE)).isEmpty();
    inbound.orElseThrow().close();
    inbound.orElseThrow().close();
    assertThat(admission.outbound()).isPresent();
    assertThat(admission.outbound()).isEmpty();
  }

  @Test
  void boundsHandshakesInTotalAndFromAnAddress() {
    Admission admission = admission(Limits.USUAL.handshakes(3, 2));
    Optional<Admission.Place> first = admission.inbound(HERE);
    assertThat(first).isPresent();
    assertThat(admission.inbound(HERE)).isPresent();
    assertThat(admission.inbound(HERE)).isEmpty();
    assertThat(admission.inbound(THERE)).isPresent();
    assertThat(admission.inbound(InetAddress.ofLiteral("192.0.2.3"))).isEmpty();
    assertThat(admission.outbound()).as("dials have bounds of their own").isPresent();
    assertThat(admission.shaking()).isEqualTo(4);

    first.orElseThrow().shaken();
    first.orElseThrow().shaken();
    assertThat(admission.shaking()).isEqualTo(3);
    assertThat(admission.open()).isEqualTo(1);
    assertThat(admission.inbound(HERE)).isPresent();
    assertThat(admission.inbound(HERE)).isEmpty();
  }

  @Test
  void theSlowestHandshakeYieldsToANewcomerWhenAllPlacesAreTaken() {
    Admission admission = admission(Limits.USUAL.handshakes(2, 2));
    List<String> yielded = new ArrayList<>();
    Admission.Place first = admission.inbound(HERE).orElseThrow();
    first.whenYielding(() -> yielded.add("first"));
    clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(600));
    Admission.Place second = admission.inbound(HERE).orElseThrow();
    second.whenYielding(() -> yielded.add("second"));
    assertThat(admission.inbound(THERE)).as("nobody had time enough").isEmpty();
    assertThat(yielded).isEmpty();

    clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(600));
    assertThat(admission.inbound(HERE)).as("its own address has no more").isEmpty();
    Optional<Admission.Place> newcomer = admission.inbound(THERE);
    assertThat(newcomer).isPresent();
    assertThat(yielded).containsExactly("first");
    assertThat(admission.shaking()).isEqualTo(2);
    first.close();
    assertThat(admission.shaking()).isEqualTo(2);

    newcomer.orElseThrow().shaken();
    second.shaken();
    assertThat(admission.open()).isEqualTo(2);
    assertThat(yielded).as("who has shaken hands stays").containsExactly("first");
  }

  @Test
  void boundsInboundConnectionsFromAnAddress() {
    Admission admission = admission(Limits.USUAL.connections(10, 2));
    List<Admission.Place> places = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      places.add(admission.inbound(HERE).orElseThrow());
      places.getLast().shaken();
    }
    assertThat(admission.inbound(HERE)).isEmpty();
    assertThat(admission.inbound(THERE)).isPresent();
    places.getFirst().close();
    assertThat(admission.inbound(HERE)).isPresent();
  }

  @Test
  void boundsTheRateFromAnAddress() {
    Admission admission = admission(Limits.USUAL.inbound(2, 3));
    for (int i = 0; i < 3; i++) {
      admission.inbound(HERE).orElseThrow().close();
    }
    assertThat(admission.inbound(HERE)).isEmpty();
    assertThat(admission.inbound(THERE)).isPresent();
    // The clock of the machine may overflow on the way.
    clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(499));
    assertThat(admission.inbound(HERE)).isEmpty();
    clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(2));
    assertThat(admission.inbound(HERE)).isPresent();
    assertThat(admission.inbound(HERE)).isEmpty();
    clock.addAndGet(TimeUnit.HOURS.toNanos(1));
    for (int i = 0; i < 3; i++) {
      assertThat(admission.inbound(HERE)).isPresent();
    }
    assertThat(admission.inbound(HERE)).isEmpty();
  }

  @Test
  void anIpv6NetworkIsOneAddress() {
    Admission admission = admission(Limits.USUAL.handshakes(10, 1));
    assertThat(admission.inbound(InetAddress.ofLiteral("2001:db8:1:2::1"))).isPresent();
    assertThat(admission.inbound(InetAddress.ofLiteral("2001:db8:1:2:ffff::9"))).isEmpty();
    assertThat(admission.inbound(InetAddress.ofLiteral("2001:db8:1:3::1"))).isPresent();
    // The same 4 bytes, but IPv4.
    assertThat(AddressKey.of(InetAddress.ofLiteral("0.0.0.1")))
        .isNotEqualTo(AddressKey.of(InetAddress.ofLiteral("0:0:0:1::")));
  }

  @Test
  void remembersABoundedNumberOfAddresses() {
    ArrivalRates rates = new ArrivalRates(1, 1, 3);
    for (int i = 0; i < 4; i++) {
      assertThat(rates.mayCome(new AddressKey(true, i), 0)).isTrue();
      assertThat(rates.addresses()).isLessThanOrEqualTo(3);
    }
    // The first was forgotten, the last was not.
    assertThat(rates.mayCome(new AddressKey(true, 3), 0)).isFalse();
    assertThat(rates.mayCome(new AddressKey(true, 0), 0)).isTrue();
  }

  @Test
  void neverCountsWrong() {
    SeededCases.run(
        200,
        random -> {
          Admission admission =
              admission(Limits.USUAL.connections(8, 3).handshakes(5, 2).inbound(1_000_000, 1_000));
          List<Admission.Place> places = new ArrayList<>();
          for (int step = 0; step < 300; step++) {
            switch (random.nextInt(4)) {
              case 0 ->
                  admission.inbound(random.nextBoolean() ? HERE : THERE).ifPresent(places::add);
              case 1 -> admission.outbound().ifPresent(places::add);
              case 2 ->
                  places.stream()
                      .skip(random.nextInt(9))
                      .findFirst()
                      .ifPresent(Admission.Place::shaken);
              default -> {
                if (!places.isEmpty()) {
                  places.remove(random.nextInt(places.size())).close();
                }
              }
            }
            assertThat(admission.open() + admission.shaking()).isEqualTo(places.size());
            assertThat(places).hasSizeLessThanOrEqualTo(8);
          }
          places.forEach(Admission.Place::close);
          assertThat(admission.open()).isZero();
          assertThat(admission.shaking()).isZero();
        });
  }
}
