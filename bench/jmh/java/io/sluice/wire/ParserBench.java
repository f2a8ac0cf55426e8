package io.sluice.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** What strangers send. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ParserBench {

  private ByteBuffer torrent = ByteBuffer.allocate(0);
  private ByteBuffer messages = ByteBuffer.allocate(0);
  private ByteBuffer query = ByteBuffer.allocate(0);

  @Setup
  public void fill() {
    byte[] hashes = new byte[20 * 1000];
    new Random(1).nextBytes(hashes);
    byte[] head =
        ("d4:infod6:lengthi1048576000e4:name8:film.mp412:piece lengthi1048576e6:pieces"
                + hashes.length
                + ":")
            .getBytes(StandardCharsets.ISO_8859_1);
    torrent = ByteBuffer.allocate(head.length + hashes.length + 2);
    torrent.put(head).put(hashes).put((byte) 'e').put((byte) 'e').flip();

    // What a seeder says in half a MiB of a transfer: 32 blocks, and a Have now and then.
    messages = ByteBuffer.allocate(32 * (16 * 1024 + 13) + 4 * 9);
    for (int block = 0; block < 32; block++) {
      PeerMessageCodec.encode(
          new PeerMessage.Block(7, block * 16384, ByteBuffer.allocate(16384)), messages);
      if (block % 8 == 0) {
        PeerMessageCodec.encode(new PeerMessage.Have(block), messages);
      }
    }
    messages.flip();

    query =
        ByteBuffer.wrap(
            ("d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz123456e"
                    + "1:q9:get_peers1:t2:aa1:y1:qe")
                .getBytes(StandardCharsets.ISO_8859_1));
  }

  @Benchmark
  public Object torrentOfAThousandPieces() {
    return Bencode.decodeStrict(torrent.duplicate(), BencodeLimits.TORRENT);
  }

  @Benchmark
  public void halfAMebibyteOfBlocks(Blackhole sink) {
    new PeerMessageDecoder(1 << 20).feed(messages.duplicate(), sink::consume);
  }

  @Benchmark
  public Object dhtQuery() {
    return DhtCodec.decode(query.duplicate());
  }
}
