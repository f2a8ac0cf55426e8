package io.sluice.discovery.dht;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.SeededCases;
import io.sluice.wire.InfoHash;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Whole networks of nodes in one thread. */
final class DhtSimTest {

  private static final int TORRENTS = 20;
  private static final int ANNOUNCERS = 3;

  /** A network, torrents that some of its nodes have announced, and searches for them. */
  private static final class Scene {

    final SimNetwork network;
    final List<SimNetwork.Honest> nodes = new ArrayList<>();
    final List<InfoHash> torrents = new ArrayList<>();
    final List<List<InetSocketAddress>> peers = new ArrayList<>();
    final List<InetSocketAddress> addresses = new ArrayList<>();
    private final Function<DhtSettings, DhtSettings> settings;

    Scene(Random random, double loss, Function<DhtSettings, DhtSettings> settings) {
      this.network = new SimNetwork(random, loss);
      this.settings = settings;
      for (int i = 0; i < TORRENTS; i++) {
        torrents.add(Nodes.infoHash(random));
        peers.add(new ArrayList<>());
      }
    }

    /** Adds honest nodes one after the other, which join through the first three. */
    void populate(int count) {
      for (int i = 0; i < count; i++) {
        List<InetSocketAddress> bootstrap =
            nodes.stream().limit(3).map(node -> node.address).toList();
        SimNetwork.Honest node = network.honest(settings, bootstrap);
        nodes.add(node);
        addresses.add(node.address);
        network.run(Nodes.SECOND / 10);
      }
    }

    SimNetwork.Honest anyone() {
      SimNetwork.Honest node;
      do {
        node = nodes.get(network.random.nextInt(nodes.size()));
      } while (!network.isAlive(node.address));
      return node;
    }

    void announceAll() {
      for (int i = 0; i < torrents.size(); i++) {
        for (int j = 0; j < ANNOUNCERS; j++) {
          SimNetwork.Honest announcer = anyone();
          announcer.search(torrents.get(i), 5_000 + j);
          peers.get(i).add(new InetSocketAddress(announcer.address.getAddress(), 5_000 + j));
        }
      }
    }

    /** How many of as many searches as there are torrents find a peer within a time. */
    int searchAll(long nanos) {
      long startedAt = network.elapsed();
      List<SimNetwork.Honest> seekers = new ArrayList<>();
      List<SearchTask> searches = new ArrayList<>();
      for (InfoHash torrent : torrents) {
        SimNetwork.Honest seeker = anyone();
        seekers.add(seeker);
        searches.add(seeker.search(torrent, 0));
      }
      network.run(nanos);
      int found = 0;
      for (int i = 0; i < searches.size(); i++) {
        List<InetSocketAddress> results =
            seekers.get(i).found.getOrDefault(searches.get(i), List.of());
        assertThat(results).isSubsetOf(peers.get(i));
        Long after = seekers.get(i).foundAfter(searches.get(i), startedAt);
        found += after != null && after <= nanos ? 1 : 0;
        assertThat(searches.get(i).close()).isTrue();
      }
      return found;
    }
  }

  @Test
  void lookupsFindAnnouncedPeersThroughLossAndDeath() {
    SeededCases.run(
        1,
        random -> {
          Scene scene = new Scene(random, 0.05, settings -> settings);
          scene.populate(200);
          scene.network.run(30 * Nodes.SECOND);
          assertThat(scene.nodes.stream().filter(node -> node.side().good() < 8).count()).isZero();
          scene.announceAll();
          scene.network.run(Nodes.MINUTE);
          for (int i = 0; i < scene.nodes.size() / 5; i++) {
            scene.network.kill(scene.anyone().address);
          }
          assertThat(scene.searchAll(15 * Nodes.SECOND)).isEqualTo(TORRENTS);
          assertThat(scene.network.lost).isGreaterThan(1_000);
          assertThat(scene.network.toTheDead).isGreaterThan(50);
        });
  }

  @Test
  void liarsDoNotPrevail() {
    SeededCases.run(
        1,
        random -> {
          Scene scene =
              new Scene(
                  random,
                  0.02,
                  settings -> settings.withPolicy(a -> !NetKey.isLocal(a.getAddress())));
          scene.populate(10);
          List<Liar.Kind> kinds = List.of(Liar.Kind.values());
          List<Liar> liars = new ArrayList<>();
          for (int i = 0; i < 190; i++) {
            if (i % 3 == 0) {
              Liar.Kind kind = kinds.get(liars.size() % kinds.size());
              InetSocketAddress address = scene.network.newAddress();
              Liar liar = new Liar(scene.network, kind, address, scene.addresses, scene.torrents);
              scene.network.add(address, liar);
              liars.add(liar);
            } else {
              scene.populate(1);
            }
          }
          scene.network.run(Nodes.MINUTE);
          scene.announceAll();
          scene.network.run(Nodes.MINUTE);
          int found = scene.searchAll(30 * Nodes.SECOND);
          assertThat(found).isGreaterThanOrEqualTo(TORRENTS - 1);
          assertThatTheyFired(scene, liars);
        });
  }

  private static void assertThatTheyFired(Scene scene, List<Liar> liars) {
    Map<Liar.Kind, Long> misdeeds = new EnumMap<>(Liar.Kind.class);
    liars.forEach(liar -> misdeeds.merge(liar.kind(), liar.misdeeds, Long::sum));
    assertThat(misdeeds).hasSize(Liar.Kind.values().length);
    assertThat(misdeeds.values()).allMatch(count -> count > 50);
    long malformed = 0;
    long unexpected = 0;
    long impostors = 0;
    for (SimNetwork.Honest node : scene.nodes) {
      DhtStatus.Totals totals = node.core.totals();
      malformed += totals.malformed();
      unexpected += totals.unexpected();
      impostors += totals.impostors();
      // The forgers announced this port everywhere, and no honest node does.
      assertThat(node.side().external())
          .satisfiesAnyOf(
              external -> assertThat(external).isEmpty(),
              external -> assertThat(external).contains(node.address.getAddress()));
    }
    assertThat(malformed).isGreaterThan(100);
    assertThat(unexpected).isGreaterThan(100);
    assertThat(impostors).isGreaterThan(100);
  }

  @Test
  void idsComeToFollowFromAddresses() {
    SeededCases.run(
        1,
        random -> {
          Scene scene = new Scene(random, 0, settings -> settings);
          scene.populate(100);
          scene.network.run(5 * Nodes.MINUTE);
          assertThat(scene.nodes)
              .allSatisfy(
                  node -> {
                    assertThat(node.side().external()).contains(node.address.getAddress());
                    assertThat(SecureIds.complies(node.side().id(), node.address.getAddress()))
                        .isTrue();
                    assertThat(node.side().good()).isGreaterThanOrEqualTo(8);
                  });
          scene.announceAll();
          scene.network.run(Nodes.MINUTE);
          assertThat(scene.searchAll(15 * Nodes.SECOND)).isEqualTo(TORRENTS);
        });
  }

  @Test
  void aNetworkLivesOnWhileItsNodesComeAndGo() {
    SeededCases.run(
        1,
        random -> {
          Scene scene = new Scene(random, 0.02, settings -> settings);
          scene.populate(40);
          scene.announceAll();
          for (int minute = 0; minute < 50; minute++) {
            // A node stops, and starts again from what it had saved.
            SimNetwork.Honest leaver = scene.anyone();
            if (minute % 2 == 0 && !hasSearches(leaver)) {
              DhtState state = leaver.core.state();
              scene.network.kill(leaver.address);
              SimNetwork.Honest back =
                  scene.network.honest(settings -> settings.withState(state), List.of());
              scene.nodes.add(back);
            }
            scene.network.run(Nodes.MINUTE);
          }
          assertThat(scene.network.toTheDead).isGreaterThan(50);
          assertThat(scene.searchAll(15 * Nodes.SECOND)).isEqualTo(TORRENTS);
          scene.network.run(10 * Nodes.MINUTE);
          for (SimNetwork.Honest node : scene.nodes) {
            if (scene.network.isAlive(node.address)) {
              assertThat(node.side().good()).isGreaterThanOrEqualTo(8);
            }
          }
        });
  }

  private static boolean hasSearches(SimNetwork.Honest node) {
    return node.core.status(0).searches() > 0;
  }
}
