package io.sluice.transport.tcp;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.peers.Media;
import io.sluice.testing.TestTorrents;
import io.sluice.transport.RecordingListener;
import io.sluice.wire.BDictionary;
import io.sluice.wire.BInteger;
import io.sluice.wire.BValue;
import io.sluice.wire.Bencode;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import io.sluice.wire.PeerMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** A file that another client seeds, and our transport as the one that knows how to ask for it. */
record SharedFile(Path content, Path torrentFile, InfoHash infoHash) {

  private static final int LENGTH = 300_000;
  private static final int PIECE_BYTES = 64 * 1024;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  static SharedFile make(Path folder) throws IOException {
    Path content = Media.random(LENGTH, 21).toAbsolutePath();
    Map<String, BValue> info =
        TestTorrents.info(
            content.getFileName().toString(), Files.readAllBytes(content), PIECE_BYTES);
    info.put("length", new BInteger(LENGTH));
    Path torrentFile = Files.write(folder.resolve("a.torrent"), TestTorrents.file(info, Map.of()));
    byte[] infoHash = TestTorrents.sha1(Bencode.encode(BDictionary.of(info)));
    return new SharedFile(content, torrentFile, InfoHash.of(infoHash));
  }

  /** Where a client finds the file that the torrent names. */
  Path folder() {
    return requireNonNull(content.getParent());
  }

  Side side(TcpEncryption encryption) throws IOException {
    return new Side(this, encryption);
  }

  /** Our transport, registered for the file. */
  static final class Side implements AutoCloseable {

    private final SharedFile file;
    private final TcpTransport transport;
    private final BlockingQueue<TcpLink> links = new LinkedBlockingQueue<>();

    private Side(SharedFile file, TcpEncryption encryption) throws IOException {
      this.file = file;
      transport =
          TcpTransport.open(TcpSettings.listeningOn(TcpSide.LOOPBACK).withEncryption(encryption));
      PeerId self = PeerId.random(RandomGenerator.getDefault());
      transport.register(new TcpEndpoint(file.infoHash(), self, false, links::add));
    }

    int port() {
      return transport.listenAddresses().getFirst().getPort();
    }

    DialOutcome dial(int port) throws Exception {
      return transport
          .dial(file.infoHash(), new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
          .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    boolean hasLink() {
      return !links.isEmpty();
    }

    /** A link comes about as it should, and a block of the file through it; the link. */
    TcpLink assertServed(TcpProtection agreed) throws Exception {
      TcpLink link = requireNonNull(links.poll(LIMIT.toSeconds(), TimeUnit.SECONDS), "no link");
      assertThat(link.protection()).isEqualTo(agreed);
      assertThat(link.remote().extensions()).isTrue();
      RecordingListener heard = new RecordingListener();
      link.start(heard);
      link.send(new PeerMessage.HaveNone());
      link.send(new PeerMessage.Interested());
      link.flush();
      await().atMost(LIMIT).until(() -> heard.messages().contains(new PeerMessage.Unchoke()));
      link.send(new PeerMessage.Request(1, 0, PeerMessage.BLOCK_BYTES));
      link.flush();
      PeerMessage block = file.block();
      await().atMost(LIMIT).until(() -> heard.messages().contains(block));
      assertThat(heard.closedFor()).isEmpty();
      assertThat(heard.violations()).isEmpty();
      return link;
    }

    @Override
    public void close() {
      transport.close();
    }
  }

  /** The first one of the second piece. */
  private PeerMessage block() throws IOException {
    byte[] bytes =
        Arrays.copyOfRange(
            Files.readAllBytes(content), PIECE_BYTES, PIECE_BYTES + PeerMessage.BLOCK_BYTES);
    return new PeerMessage.Block(1, 0, ByteBuffer.wrap(bytes));
  }
}
