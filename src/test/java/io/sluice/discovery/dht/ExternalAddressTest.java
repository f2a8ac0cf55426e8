package io.sluice.discovery.dht;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

final class ExternalAddressTest {

  private final InetAddress first = Nodes.at("20.0.0.1").getAddress();
  private final InetAddress second = Nodes.at("30.0.0.1").getAddress();
  private final ExternalAddress external = new ExternalAddress();

  @Test
  void takesEnoughVotes() {
    votes(0, ExternalAddress.MIN_VOTES - 1, first);
    assertThat(external.elected()).isEmpty();
    votes(100, 1, first);
    assertThat(external.elected()).contains(first);
  }

  @Test
  void takesAMajority() {
    votes(0, 10, first);
    votes(100, 10, second);
    assertThat(external.elected()).as("still the one elected before").contains(first);
    votes(200, 1, second);
    assertThat(external.elected()).contains(second);
  }

  @Test
  void aSubnetHasOneVote() {
    for (int i = 0; i < 100; i++) {
      external.vote(Nodes.at("40.0.0." + i), second);
    }
    assertThat(external.elected()).isEmpty();
    votes(0, 10, first);
    assertThat(external.elected()).contains(first);
  }

  @Test
  void followsAChangeOfAddress() {
    votes(0, 100, first);
    votes(0, ExternalAddress.MAX_VOTES, second);
    assertThat(external.elected()).contains(second);
  }

  private void votes(int from, int count, InetAddress seen) {
    for (int i = from; i < from + count; i++) {
      external.vote(Nodes.at("50.1." + i + ".1"), seen);
    }
  }
}
