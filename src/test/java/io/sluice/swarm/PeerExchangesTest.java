package io.sluice.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.transport.PeerLink.Kind;
import io.sluice.wire.ExtendedHandshake;
import io.sluice.wire.ExtensionCodec;
import io.sluice.wire.Handshake;
import io.sluice.wire.PeerExchange;
import io.sluice.wire.PeerExchangeCodec;
import io.sluice.wire.PeerId;
import io.sluice.wire.PeerMessage;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PeerExchangesTest {

  private static final long SECOND = CoreRig.SECOND;
  private static final int THEIR_ID = 7;

  private final CoreRig rig = CoreRig.known(20, 4);
  private int next = 1_000;

  private static InetSocketAddress address(int host, int port) {
    return SimSwarm.address(host, port);
  }

  /** A peer that takes messages; where it is, is told by its number. */
  private int join(CoreRig at, Kind kind, boolean initiatedHere, int listenPort) {
    int peer = next++;
    at.step(
        new Event.PeerJoined(
            peer,
            new Handshake(CoreRig.TORRENT, PeerId.random(new Random(peer)), true, true, false),
            kind,
            initiatedHere,
            "peer",
            Optional.of(address(peer, 50_000))));
    at.say(peer, new PeerMessage.HaveNone());
    at.effects.clear();
    at.say(
        peer,
        new PeerMessage.Extended(
            0,
            ExtensionCodec.encode(
                new ExtendedHandshake(
                    Map.of(ExtendedHandshake.UT_PEX, THEIR_ID),
                    OptionalInt.empty(),
                    listenPort == 0 ? OptionalInt.empty() : OptionalInt.of(listenPort),
                    Optional.empty(),
                    OptionalInt.empty()))));
    return peer;
  }

  private static List<PeerExchange> told(CoreRig at, int peer) {
    List<PeerExchange> all = new ArrayList<>();
    for (PeerMessage message : at.sent(peer)) {
      if (message instanceof PeerMessage.Extended(int id, var payload) && id == THEIR_ID) {
        all.add(PeerExchangeCodec.decode(payload));
      }
    }
    return all;
  }

  private static List<InetSocketAddress> added(PeerExchange message) {
    return message.added().stream().map(PeerExchange.Peer::address).toList();
  }

  private int join(Kind kind, boolean initiatedHere, int listenPort) {
    return join(rig, kind, initiatedHere, listenPort);
  }

  @Test
  void onlyWhoCanBeDialledOverTcpIsNamed() {
    int asks = join(Kind.TCP, true, 0);
    int dialled = join(Kind.TCP, true, 0);
    int named = join(Kind.TCP, false, 6881);
    join(Kind.TCP, false, 0);
    int browser = join(Kind.WEBRTC, true, 6881);
    rig.pass(10 * SECOND);
    List<PeerExchange> told = told(rig, asks);
    assertThat(told).hasSize(1);
    assertThat(told.getFirst().added())
        .containsExactly(
            new PeerExchange.Peer(address(dialled, 50_000), PeerExchange.REACHABLE),
            new PeerExchange.Peer(address(named, 6881), 0));
    assertThat(told(rig, browser)).isEmpty();
  }

  @Test
  void notMoreOftenThanEvery65SecondsAndOnlyWhatChanged() {
    int asks = join(Kind.TCP, true, 0);
    int leaves = join(Kind.TCP, true, 0);
    rig.pass(6 * SECOND);
    assertThat(told(rig, asks)).hasSize(1);
    int comes = join(Kind.TCP, true, 0);
    rig.step(new Event.PeerGone(leaves));
    rig.pass(58 * SECOND);
    assertThat(told(rig, asks)).isEmpty();
    rig.pass(8 * SECOND);
    assertThat(told(rig, asks)).hasSize(1);
    assertThat(added(told(rig, asks).getFirst())).containsExactly(address(comes, 50_000));
    assertThat(told(rig, asks).getFirst().dropped()).containsExactly(address(leaves, 50_000));
    rig.pass(100 * SECOND);
    assertThat(told(rig, asks)).isEmpty();
  }

  @Test
  void atMostFiftyAtATime() {
    int asks = join(Kind.TCP, true, 0);
    for (int i = 0; i < 70; i++) {
      join(Kind.TCP, true, 0);
    }
    rig.pass(100 * SECOND);
    assertThat(told(rig, asks)).hasSize(2);
    assertThat(told(rig, asks).get(0).added()).hasSize(50);
    assertThat(told(rig, asks).get(1).added()).hasSize(20);
  }

  private List<Effect> tell(CoreRig at, int peer, InetSocketAddress... others) {
    List<PeerExchange.Peer> added = new ArrayList<>();
    for (InetSocketAddress other : others) {
      added.add(new PeerExchange.Peer(other, 0));
    }
    return at.say(
        peer,
        new PeerMessage.Extended(
            PeerExchanges.OUR_ID, PeerExchangeCodec.encode(new PeerExchange(added, List.of()))));
  }

  @Test
  void whatAPeerTellsIsHandedOnButNotTooOften() {
    int peer = join(Kind.TCP, true, 0);
    assertThat(tell(rig, peer, address(1, 1), address(1, 1), address(2, 1)))
        .containsExactly(new Effect.PeersFound(List.of(address(1, 1), address(2, 1))));
    rig.pass(40 * SECOND);
    assertThat(tell(rig, peer, address(3, 1))).isEmpty();
    rig.pass(20 * SECOND);
    assertThat(tell(rig, peer, address(3, 1)))
        .containsExactly(new Effect.PeersFound(List.of(address(3, 1))));
  }

  @Test
  void browsersAreNotListenedTo() {
    int browser = join(Kind.WEBRTC, true, 0);
    assertThat(tell(rig, browser, address(1, 1))).isEmpty();
  }

  private static Map<String, Integer> offered(CoreRig at, int peer) {
    return at.sent(peer).stream()
        .filter(message -> message instanceof PeerMessage.Extended(int id, var _) && id == 0)
        .map(
            message ->
                ExtensionCodec.decodeHandshake(((PeerMessage.Extended) message).payload()).ids())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aMagnetThatTurnsOutPrivateIsNotTalkedOfAnyMore() {
    CoreRig magnet = new CoreRig(SwarmLimits.DEFAULT);
    int peer = join(magnet, Kind.TCP, true, 0);
    join(magnet, Kind.TCP, true, 0);
    assertThat(tell(magnet, peer, address(1, 1))).isNotEmpty();
    magnet.know(true, 20, 4);
    assertThat(offered(magnet, peer)).containsEntry(ExtendedHandshake.UT_PEX, 0);
    magnet.pass(100 * SECOND);
    assertThat(told(magnet, peer)).isEmpty();
    assertThat(tell(magnet, peer, address(2, 1))).isEmpty();
    int late = next;
    magnet.step(
        new Event.PeerJoined(
            late,
            new Handshake(CoreRig.TORRENT, PeerId.random(new Random(late)), true, true, false),
            Kind.TCP,
            true,
            "peer",
            Optional.empty()));
    assertThat(offered(magnet, late)).doesNotContainKey(ExtendedHandshake.UT_PEX);
  }

  @Test
  void switchedOffItIsNeitherOfferedNorSent() {
    CoreRig off = CoreRig.known(SwarmLimits.DEFAULT.withPex(false), 20, 4);
    int peer = join(off, Kind.TCP, true, 0);
    join(off, Kind.TCP, true, 0);
    off.pass(100 * SECOND);
    assertThat(told(off, peer)).isEmpty();
    assertThat(tell(off, peer, address(1, 1))).isEmpty();
  }
}
