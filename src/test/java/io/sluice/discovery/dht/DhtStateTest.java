package io.sluice.discovery.dht;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.wire.NodeContact;
import io.sluice.wire.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DhtStateTest {

  private final Random random = new Random(9);
  @TempDir private Path folder;

  @Test
  void comesBackAsItWas() throws IOException {
    DhtState state =
        new DhtState(
            Optional.of(Nodes.id("ab")),
            Optional.of(Nodes.id("cd")),
            List.of(Nodes.node("01", "20.0.0.1"), Nodes.node("02", "2001:db8::1")));
    Path file = folder.resolve("dht");
    state.save(file);
    assertThat(DhtState.load(file)).isEqualTo(state);
    DhtState.EMPTY.save(file);
    assertThat(DhtState.load(file)).isEqualTo(DhtState.EMPTY);
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void isBounded() throws IOException {
    List<NodeContact> nodes = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      String ip = i % 2 == 0 ? "20.0.0.1" : "2001:db8::1";
      nodes.add(new NodeContact(NodeId.random(random), Nodes.at(ip, 1 + i)));
    }
    Path file = folder.resolve("dht");
    new DhtState(Optional.empty(), Optional.empty(), nodes).save(file);
    assertThat(DhtState.load(file).nodes())
        .hasSize(2 * DhtState.MAX_NODES)
        .contains(nodes.get(0), nodes.get(2 * DhtState.MAX_NODES - 1));
    assertThat(Files.size(file)).isLessThan(20_000);
  }

  @Test
  void nothingIsAnEmptyState() throws IOException {
    assertThat(DhtState.load(folder.resolve("dht"))).isEqualTo(DhtState.EMPTY);
  }

  @Test
  void damageIsToldApart() throws IOException {
    Path file = folder.resolve("dht");
    new DhtState(
            Optional.of(Nodes.id("ab")), Optional.empty(), List.of(Nodes.node("01", "20.0.0.1")))
        .save(file);
    byte[] good = Files.readAllBytes(file);
    for (int length = 0; length < good.length; length++) {
      Files.write(file, Arrays.copyOf(good, length));
      assertThatThrownBy(() -> DhtState.load(file)).isInstanceOf(IOException.class);
    }
    Files.write(file, new byte[1_000_000]);
    assertThatThrownBy(() -> DhtState.load(file)).hasMessageContaining("damaged");
    Files.writeString(file, "d5:nodes0:6:nodes60:7:versioni2ee");
    assertThatThrownBy(() -> DhtState.load(file)).hasMessageContaining("another version");
  }

  @Test
  void makesItsFolder() throws IOException {
    Path file = folder.resolve("data").resolve("dht");
    DhtState.EMPTY.save(file);
    assertThat(DhtState.load(file)).isEqualTo(DhtState.EMPTY);
  }

  @Test
  void whatCannotBeWrittenLeavesNothingBehind() throws IOException {
    Path notAFolder = Files.createFile(folder.resolve("data"));
    assertThatThrownBy(() -> DhtState.EMPTY.save(notAFolder.resolve("dht")))
        .isInstanceOf(IOException.class);
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(notAFolder);
    }
  }
}
