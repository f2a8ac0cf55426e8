package io.sluice.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.wire.TrackerMessage.Announce;
import io.sluice.wire.TrackerMessage.Counts;
import io.sluice.wire.TrackerMessage.Event;
import io.sluice.wire.UdpTrackerMessage.AnnounceRequest;
import io.sluice.wire.UdpTrackerMessage.Announced;
import io.sluice.wire.UdpTrackerMessage.ConnectRequest;
import io.sluice.wire.UdpTrackerMessage.Connected;
import io.sluice.wire.UdpTrackerMessage.Failure;
import io.sluice.wire.UdpTrackerMessage.Reply;
import io.sluice.wire.UdpTrackerMessage.Request;
import io.sluice.wire.UdpTrackerMessage.ScrapeRequest;
import io.sluice.wire.UdpTrackerMessage.Scraped;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Datagrams of the UDP tracker protocol (BEP 15 and BEP 41), both ways; integers are big-endian.
 *
 * <pre>
 * connect   magic 8 | action=0 4 | transaction 4                    -&gt; action transaction connection 8
 * announce  connection 8 | action=1 4 | transaction 4 | infohash 20 | peer id 20 | downloaded 8
 *           | left 8 | uploaded 8 | event 4 | ip 4 | key 4 | num want 4 | port 2 | options
 *           -&gt; action transaction interval 4 leechers 4 seeders 4 (ip 4 or 16 | port 2)*
 * scrape    connection 8 | action=2 4 | transaction 4 | infohash 20 *
 *           -&gt; action transaction (complete 4 downloaded 4 incomplete 4)*
 * error     -&gt; action=3 transaction message
 * </pre>
 *
 * <p>Nothing but {@link WireException} is thrown for whatever bytes. Safe for any thread.
 */
public final class UdpTrackerCodec {

  private static final long MAGIC = 0x41727101980L;
  private static final int CONNECT = 0;
  private static final int ANNOUNCE = 1;
  private static final int SCRAPE = 2;
  private static final int ERROR = 3;

  private static final int HEADER_BYTES = 16;
  private static final int ANNOUNCE_BYTES = 98;
  private static final int COUNTS_BYTES = 12;

  // BEP 41.
  private static final int END_OF_OPTIONS = 0;
  private static final int NOP = 1;
  private static final int URL_DATA = 2;
  private static final int MAX_OPTION_BYTES = 255;

  private UdpTrackerCodec() {}

  public static byte[] encode(UdpTrackerMessage message) {
    return switch (message) {
      case ConnectRequest(int transaction) ->
          ByteBuffer.allocate(HEADER_BYTES)
              .putLong(MAGIC)
              .putInt(CONNECT)
              .putInt(transaction)
              .array();
      case AnnounceRequest announce -> announce(announce);
      case ScrapeRequest(long connection, int transaction, var hashes) -> {
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + hashes.size() * InfoHash.BYTES);
        out.putLong(connection).putInt(SCRAPE).putInt(transaction);
        hashes.forEach(hash -> out.put(hash.bytes()));
        yield out.array();
      }
      case Connected(int transaction, long connection) ->
          ByteBuffer.allocate(HEADER_BYTES)
              .putInt(CONNECT)
              .putInt(transaction)
              .putLong(connection)
              .array();
      case Announced announced -> announced(announced);
      case Scraped(int transaction, var counts) -> {
        ByteBuffer out = ByteBuffer.allocate(8 + counts.size() * COUNTS_BYTES);
        out.putInt(SCRAPE).putInt(transaction);
        counts.forEach(
            one -> out.putInt(one.complete()).putInt(one.downloaded()).putInt(one.incomplete()));
        yield out.array();
      }
      case Failure(int transaction, String text) -> {
        byte[] utf8 = text.getBytes(UTF_8);
        yield ByteBuffer.allocate(8 + utf8.length)
            .putInt(ERROR)
            .putInt(transaction)
            .put(utf8)
            .array();
      }
    };
  }

  private static byte[] announce(AnnounceRequest request) {
    Announce announce = request.announce();
    byte[] urlData = request.urlData().getBytes(US_ASCII);
    int options = (urlData.length + MAX_OPTION_BYTES - 1) / MAX_OPTION_BYTES;
    ByteBuffer out = ByteBuffer.allocate(ANNOUNCE_BYTES + urlData.length + 2 * options);
    out.putLong(request.connectionId()).putInt(ANNOUNCE).putInt(request.transactionId());
    out.put(announce.infoHash().bytes()).put(announce.peerId().bytes());
    out.putLong(announce.downloaded()).putLong(announce.left().orElse(-1));
    out.putLong(announce.uploaded()).putInt(event(announce.event()));
    out.putInt(0).putInt(request.key()).putInt(announce.wanted().orElse(-1));
    out.putShort((short) request.port());
    for (int at = 0; at < urlData.length; at += MAX_OPTION_BYTES) {
      int bytes = Math.min(MAX_OPTION_BYTES, urlData.length - at);
      out.put((byte) URL_DATA).put((byte) bytes).put(urlData, at, bytes);
    }
    return out.array();
  }

  private static byte[] announced(Announced announced) {
    int peerBytes =
        announced.peers().stream().mapToInt(peer -> CompactAddresses.encode(peer).length).sum();
    ByteBuffer out = ByteBuffer.allocate(20 + peerBytes);
    out.putInt(ANNOUNCE).putInt(announced.transactionId()).putInt(announced.intervalSeconds());
    out.putInt(announced.leechers()).putInt(announced.seeders());
    announced.peers().forEach(peer -> out.put(CompactAddresses.encode(peer)));
    return out.array();
  }

  /** Reads what a client sent; trailing bytes that belong to no option are passed over. */
  public static Request decodeRequest(ByteBuffer datagram) {
    ByteBuffer in = datagram.slice();
    require(in.remaining() >= HEADER_BYTES, "too short");
    long connection = in.getLong();
    int action = in.getInt();
    int transaction = in.getInt();
    return switch (action) {
      case CONNECT -> {
        require(connection == MAGIC, "not a connect request");
        yield new ConnectRequest(transaction);
      }
      case ANNOUNCE -> announceRequest(connection, transaction, in);
      case SCRAPE -> scrapeRequest(connection, transaction, in);
      default -> throw new WireException("UDP tracker: unknown action");
    };
  }

  private static AnnounceRequest announceRequest(long connection, int transaction, ByteBuffer in) {
    require(in.remaining() >= ANNOUNCE_BYTES - HEADER_BYTES, "too short");
    InfoHash infoHash = InfoHash.of(bytes(in, InfoHash.BYTES));
    PeerId peerId = PeerId.of(bytes(in, PeerId.BYTES));
    long downloaded = Math.max(0, in.getLong());
    long left = in.getLong();
    long uploaded = Math.max(0, in.getLong());
    Event event = event(in.getInt());
    in.getInt(); // An address that the client would like to be listed with: anybody's, perhaps.
    int key = in.getInt();
    int wanted = in.getInt();
    int port = in.getShort() & 0xFFFF;
    Announce announce =
        new Announce(
            infoHash,
            peerId,
            uploaded,
            downloaded,
            left < 0 ? OptionalLong.empty() : OptionalLong.of(left),
            event,
            wanted < 0 ? OptionalInt.empty() : OptionalInt.of(wanted),
            List.of(),
            Optional.empty());
    return new AnnounceRequest(connection, transaction, announce, key, port, urlData(in));
  }

  /** BEP 41: the texts of all options of this kind, one after the other. */
  private static String urlData(ByteBuffer in) {
    StringBuilder text = new StringBuilder();
    while (in.hasRemaining()) {
      int option = in.get() & 0xFF;
      if (option == END_OF_OPTIONS) {
        break;
      }
      if (option == NOP) {
        continue;
      }
      int length = in.hasRemaining() ? in.get() & 0xFF : 0;
      require(length <= in.remaining(), "an option is cut off");
      byte[] value = bytes(in, length);
      if (option == URL_DATA) {
        text.append(new String(value, US_ASCII).replace('\uFFFD', '?'));
      }
    }
    return text.toString();
  }

  private static ScrapeRequest scrapeRequest(long connection, int transaction, ByteBuffer in) {
    List<InfoHash> hashes = new ArrayList<>();
    while (in.remaining() >= InfoHash.BYTES && hashes.size() < UdpTrackerMessage.MAX_SCRAPED) {
      hashes.add(InfoHash.of(bytes(in, InfoHash.BYTES)));
    }
    return new ScrapeRequest(connection, transaction, hashes);
  }

  /** Which transaction a reply is about, so that only expected ones are read; 0 when too short. */
  public static int transactionOf(ByteBuffer datagram) {
    return datagram.remaining() < 8 ? 0 : datagram.getInt(datagram.position() + 4);
  }

  /**
   * Reads what a tracker sent.
   *
   * @param ipv6 whether it came over IPv6: peers are of the same kind, and nothing else tells
   */
  public static Reply decodeReply(ByteBuffer datagram, boolean ipv6) {
    ByteBuffer in = datagram.slice();
    require(in.remaining() >= 8, "too short");
    int action = in.getInt();
    int transaction = in.getInt();
    return switch (action) {
      case CONNECT -> {
        require(in.remaining() >= 8, "too short");
        yield new Connected(transaction, in.getLong());
      }
      case ANNOUNCE -> announced(transaction, in, ipv6);
      case SCRAPE -> scraped(transaction, in);
      case ERROR -> new Failure(transaction, UTF_8.decode(in).toString());
      default -> throw new WireException("UDP tracker: unknown action");
    };
  }

  private static Announced announced(int transaction, ByteBuffer in, boolean ipv6) {
    require(in.remaining() >= 12, "too short");
    int interval = Math.max(0, in.getInt());
    int leechers = Math.max(0, in.getInt());
    int seeders = Math.max(0, in.getInt());
    int bytesEach = ipv6 ? CompactAddresses.IPV6_BYTES : CompactAddresses.IPV4_BYTES;
    List<InetSocketAddress> peers = new ArrayList<>();
    while (in.remaining() >= bytesEach && peers.size() < AddressReply.MAX_PEERS) {
      CompactAddresses.decode(in, bytesEach).ifPresent(peers::add);
    }
    return new Announced(transaction, interval, leechers, seeders, peers);
  }

  private static Scraped scraped(int transaction, ByteBuffer in) {
    List<Counts> counts = new ArrayList<>();
    while (in.remaining() >= COUNTS_BYTES && counts.size() < UdpTrackerMessage.MAX_SCRAPED) {
      int complete = Math.max(0, in.getInt());
      int downloaded = Math.max(0, in.getInt());
      counts.add(new Counts(complete, Math.max(0, in.getInt()), downloaded));
    }
    return new Scraped(transaction, counts);
  }

  private static int event(Event event) {
    return switch (event) {
      case UPDATE, PAUSED -> 0; // BEP 21 has no number for a pause.
      case COMPLETED -> 1;
      case STARTED -> 2;
      case STOPPED -> 3;
    };
  }

  private static Event event(int number) {
    return switch (number) {
      case 1 -> Event.COMPLETED;
      case 2 -> Event.STARTED;
      case 3 -> Event.STOPPED;
      default -> Event.UPDATE;
    };
  }

  private static byte[] bytes(ByteBuffer in, int count) {
    byte[] bytes = new byte[count];
    in.get(bytes);
    return bytes;
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw new WireException("UDP tracker: " + problem);
    }
  }
}
