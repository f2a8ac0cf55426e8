package io.sluice.discovery.dht;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.SeededCases;
import io.sluice.wire.NodeContact;
import io.sluice.wire.NodeId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RoutingTableTest {

  private static final DhtLimits.Table LIMITS = new DhtLimits.Table(8, 1, 2, 10);

  private final NodeId own = Nodes.id("00");
  private final RoutingTable table = new RoutingTable(own, LIMITS, 0);

  @Test
  void fillsOneBucketAndSplitsTheLast() {
    for (int i = 0; i < 20; i++) {
      table.replied(far(i), 0);
    }
    assertThat(table.size()).as("the far half of the space has one bucket").isEqualTo(8);
    for (int i = 0; i < 8; i++) {
      table.replied(Nodes.node("4" + i, "30.0." + i + ".1"), 0);
      table.replied(Nodes.node("2" + i, "40.0." + i + ".1"), 0);
    }
    assertThat(table.size()).isEqualTo(24);
  }

  @Test
  void nearestAreNearest() {
    SeededCases.run(
        50,
        random -> {
          RoutingTable some = new RoutingTable(NodeId.random(random), LIMITS, 0);
          for (int i = 0; i < 300; i++) {
            some.replied(random(random), 0);
          }
          NodeId target = NodeId.random(random);
          List<NodeContact> all = some.nearest(target, 10_000);
          assertThat(all).hasSize(some.size()).doesNotHaveDuplicates();
          List<NodeContact> sorted = new ArrayList<>(all);
          sorted.sort(Comparator.comparing(NodeContact::id, target::compareDistance));
          assertThat(some.nearest(target, 8)).isEqualTo(sorted.subList(0, 8));
        });
  }

  @Test
  void aNodeIsGoodFor15MinutesAfterItAnsweredOrAsked() {
    NodeContact node = far(0);
    table.replied(node, 0);
    assertThat(table.goodNodes(15 * Nodes.MINUTE - 1)).isEqualTo(1);
    assertThat(table.goodNodes(15 * Nodes.MINUTE)).isZero();
    table.queried(node, 14 * Nodes.MINUTE);
    assertThat(table.goodNodes(29 * Nodes.MINUTE - 1)).isEqualTo(1);
    assertThat(table.nextToPing(29 * Nodes.MINUTE - 1)).isEmpty();
    assertThat(table.nextToPing(29 * Nodes.MINUTE)).contains(node);
    assertThat(table.nextToPing(29 * Nodes.MINUTE)).as("just asked").isEmpty();
    table.replied(node, 29 * Nodes.MINUTE);
    assertThat(table.goodNodes(44 * Nodes.MINUTE - 1)).isEqualTo(1);
  }

  @Test
  void aNodeIsBadAfterTwoFailuresAndForgottenAfterFive() {
    NodeContact node = far(0);
    table.replied(node, 0);
    table.failed(node.address(), 1);
    assertThat(table.nearest(own, 8)).containsExactly(node);
    assertThat(table.nearestGood(own, 8, 1)).isEmpty();
    table.failed(node.address(), 2);
    assertThat(table.nearest(own, 8)).isEmpty();
    assertThat(table.size()).as("nobody else wants its place").isEqualTo(1);
    table.queried(node, 3);
    assertThat(table.goodNodes(3)).as("asking does not mend it").isZero();
    table.replied(node, 4);
    assertThat(table.goodNodes(4)).isEqualTo(1);
    for (int i = 0; i < 5; i++) {
      table.failed(node.address(), 5);
    }
    assertThat(table.size()).isZero();
  }

  @Test
  void aSpareReplacesABadNode() {
    for (int i = 0; i < 9; i++) {
      table.replied(far(i), i);
    }
    assertThat(table.nearest(own, 99)).doesNotContain(far(8));
    table.failed(far(0).address(), 20);
    assertThat(table.nextToPing(20)).as("a spare waits").isEmpty();
    assertThat(table.nextToPing(10 * Nodes.SECOND)).contains(far(0));
    table.failed(far(0).address(), 30);
    assertThat(table.nearest(own, 99)).hasSize(8).contains(far(8)).doesNotContain(far(0));
  }

  @Test
  void aNewNodeReplacesABadOne() {
    for (int i = 0; i < 8; i++) {
      table.replied(far(i), 0);
    }
    table.failed(far(3).address(), 0);
    table.failed(far(3).address(), 0);
    table.replied(far(9), 0);
    assertThat(table.nearest(own, 99)).hasSize(8).contains(far(9)).doesNotContain(far(3));
  }

  @Test
  void sparesAreBounded() {
    for (int i = 0; i < 200; i++) {
      table.replied(far(i), 0);
    }
    for (int i = 0; i < 200; i++) {
      table.failed(far(i).address(), 1);
      table.failed(far(i).address(), 1);
    }
    assertThat(table.size()).isLessThanOrEqualTo(16);
  }

  @Test
  void knowsWhetherThereIsRoomForANewcomer() {
    assertThat(table.queried(far(0), 0)).isTrue();
    for (int i = 0; i < 8; i++) {
      table.replied(far(i), 0);
    }
    assertThat(table.queried(far(0), 0)).as("known").isFalse();
    table.replied(Nodes.node("01", "60.0.0.1"), 0);
    assertThat(table.queried(far(9), 0)).as("full").isFalse();
    assertThat(table.queried(Nodes.node("02", "60.0.1.1"), 0)).isTrue();
    assertThat(table.queried(new NodeContact(own, Nodes.at("60.0.2.1")), 0)).isFalse();
    assertThat(table.queried(far(9), 15 * Nodes.MINUTE)).as("all questionable").isTrue();
  }

  @Test
  void hostsAndSubnetsHaveFewPlaces() {
    table.replied(Nodes.node("80", "20.0.0.1"), 0);
    table.replied(new NodeContact(Nodes.id("10"), Nodes.at("20.0.0.1", 9)), 0);
    assertThat(table.size()).as("one host").isEqualTo(1);
    table.replied(Nodes.node("81", "20.0.0.2"), 0);
    table.replied(Nodes.node("82", "20.0.0.3"), 0);
    assertThat(table.size()).as("two of a subnet in a bucket").isEqualTo(2);
    Random random = new Random(4);
    for (int bits = 0; bits < 20; bits++) {
      for (int i = 0; i < 5; i++) {
        InetSocketAddress address = Nodes.at("30." + bits + "." + i + ".1");
        table.replied(new NodeContact(own.randomSharing(bits, random), address), 0);
      }
    }
    for (int bits = 0; bits < 20; bits++) {
      for (int i = 0; i < 3; i++) {
        InetSocketAddress address = Nodes.at("20.0.0." + (10 + 3 * bits + i));
        table.replied(new NodeContact(own.randomSharing(bits, random), address), 0);
      }
    }
    assertThat(table.nearest(own, 999).stream().filter(n -> inSubnet(n.address()))).hasSize(10);
  }

  private static boolean inSubnet(InetSocketAddress address) {
    return address.getAddress().getHostAddress().startsWith("20.0.0.");
  }

  @Test
  void portsOfALocalHostAreNodesOfTheirOwn() {
    for (int i = 0; i < 8; i++) {
      InetSocketAddress address = Nodes.at("127.0.0.1", 1 + i);
      table.replied(new NodeContact(Nodes.id("8" + i), address), 0);
    }
    assertThat(table.size()).isEqualTo(8);
  }

  @Test
  void nobodyTakesThePlaceOfAnother() {
    table.replied(Nodes.node("80", "20.0.0.1"), 0);
    table.replied(Nodes.node("80", "30.0.0.1"), 0);
    assertThat(table.nearest(own, 8)).containsExactly(Nodes.node("80", "20.0.0.1"));
    table.failed(Nodes.at("20.0.0.1"), 0);
    table.replied(Nodes.node("80", "30.0.0.1"), 0);
    assertThat(table.nearest(own, 8)).containsExactly(Nodes.node("80", "30.0.0.1"));
    table.replied(new NodeContact(own, Nodes.at("40.0.0.1")), 0);
    assertThat(table.size()).isEqualTo(1);
  }

  @Test
  void whoChangesItsIdHasItsPlaceUnderTheNewOne() {
    table.replied(Nodes.node("80", "20.0.0.1"), 0);
    assertThat(table.queried(Nodes.node("90", "20.0.0.1"), 0)).as("worth a ping").isTrue();
    assertThat(table.nearest(own, 8)).containsExactly(Nodes.node("80", "20.0.0.1"));
    table.replied(Nodes.node("90", "20.0.0.1"), 0);
    assertThat(table.nearest(own, 8)).containsExactly(Nodes.node("90", "20.0.0.1"));
  }

  @Test
  void bucketsThatDoNotChangeAreRefreshed() {
    Random random = new Random(6);
    for (int i = 0; i < 8; i++) {
      table.replied(far(i), 0);
      table.replied(Nodes.node("4" + i, "30.0." + i + ".1"), Nodes.MINUTE);
    }
    assertThat(table.nextToRefresh(random, 15 * Nodes.MINUTE - 1)).isEmpty();
    NodeId target = table.nextToRefresh(random, 15 * Nodes.MINUTE).orElseThrow();
    assertThat(own.sharedBits(target)).isZero();
    assertThat(table.nextToRefresh(random, 15 * Nodes.MINUTE)).isEmpty();
    table.replied(Nodes.node("40", "30.0.0.1"), 16 * Nodes.MINUTE);
    assertThat(table.nextToRefresh(random, 16 * Nodes.MINUTE)).isEmpty();
    assertThat(own.sharedBits(table.nextToRefresh(random, 31 * Nodes.MINUTE).orElseThrow()))
        .isZero();
    assertThat(own.sharedBits(table.nextToRefresh(random, 31 * Nodes.MINUTE).orElseThrow()))
        .isEqualTo(1);
  }

  @Test
  void sortsItselfAroundANewId() {
    Random random = new Random(7);
    for (int i = 0; i < 300; i++) {
      table.replied(random(random), 0);
    }
    NodeId other = Nodes.id("ff");
    List<NodeContact> nearest = table.nearest(other, 8);
    table.rebase(other, 1);
    assertThat(table.nearest(other, 999)).containsAll(nearest);
    for (int i = 0; i < 300; i++) {
      table.replied(random(random), 2);
    }
    assertThat(table.nearest(other, 8)).allMatch(node -> other.sharedBits(node.id()) >= 3);
  }

  /** A node of the half of the key space that we are not in, each in a subnet of its own. */
  private static NodeContact far(int i) {
    return Nodes.node("8" + "%03x".formatted(i), "20." + i + ".0.1");
  }

  private static NodeContact random(Random random) throws AssertionError {
    byte[] ip = new byte[4];
    random.nextBytes(ip);
    ip[0] = (byte) (50 + random.nextInt(40));
    try {
      InetSocketAddress address = new InetSocketAddress(InetAddress.getByAddress(ip), 6881);
      return new NodeContact(NodeId.random(random), address);
    } catch (java.net.UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
