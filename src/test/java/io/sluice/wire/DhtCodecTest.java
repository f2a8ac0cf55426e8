package io.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.testing.SeededCases;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DhtCodecTest {

  private static final BString AA = BString.of("aa");
  private static final NodeId ASKER = id("abcdefghij0123456789");
  private static final NodeId ASKED = id("mnopqrstuvwxyz123456");
  private static final InfoHash HASH = InfoHash.of(latin1("mnopqrstuvwxyz123456"));

  /** A node "abcdefghij0123456789" at 1.2.3.4:6881, in the compact form. */
  private static final String NODE = "abcdefghij0123456789\1\2\3\4\u001a\u00e1";

  @Test
  void goldenPing() {
    golden("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe", query(new DhtQuery.Ping()));
    golden("d1:rd2:id20:mnopqrstuvwxyz123456e1:t2:aa1:y1:re", response(ASKED));
  }

  @Test
  void goldenFindNode() {
    golden(
        "d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456e"
            + "1:q9:find_node1:t2:aa1:y1:qe",
        query(new DhtQuery.FindNode(ASKED, DhtQuery.Want.UNSAID)));
    golden(
        "d1:rd2:id20:mnopqrstuvwxyz1234565:nodes26:" + NODE + "e1:t2:aa1:y1:re",
        new DhtMessage.Response(
            AA,
            ASKED,
            List.of(new NodeContact(ASKER, new InetSocketAddress("1.2.3.4", 6881))),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
  }

  @Test
  void goldenGetPeers() {
    golden(
        "d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz123456e"
            + "1:q9:get_peers1:t2:aa1:y1:qe",
        query(new DhtQuery.GetPeers(HASH, DhtQuery.Want.UNSAID)));
    golden(
        "d1:rd2:id20:abcdefghij01234567895:token8:aoeusnth6:valuesl6:axje.u6:idhtnmee"
            + "1:t2:aa1:y1:re",
        new DhtMessage.Response(
            AA,
            ASKER,
            List.of(),
            List.of(
                new InetSocketAddress("97.120.106.101", 0x2e75),
                new InetSocketAddress("105.100.104.116", 0x6e6d)),
            Optional.of(BString.of("aoeusnth")),
            Optional.empty(),
            Optional.empty()));
  }

  @Test
  void goldenAnnouncePeer() {
    golden(
        "d1:ad2:id20:abcdefghij012345678912:implied_porti1e9:info_hash20:mnopqrstuvwxyz123456"
            + "4:porti6881e5:token8:aoeusnthe1:q13:announce_peer1:t2:aa1:y1:qe",
        query(new DhtQuery.AnnouncePeer(HASH, 6881, true, BString.of("aoeusnth"))));
  }

  @Test
  void goldenError() {
    golden(
        "d1:eli201e23:A Generic Error Ocurrede1:t2:aa1:y1:ee",
        new DhtMessage.Failure(
            AA, 201, "A Generic Error Ocurred", Optional.empty(), Optional.empty()));
  }

  @Test
  void goldenExtensions() {
    golden(
        "d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz1234564:wantl2:n42:n6ee"
            + "1:q9:find_node2:roi1e1:t2:aa1:v4:SL\1\0001:y1:qe",
        new DhtMessage.Query(
            AA,
            ASKER,
            new DhtQuery.FindNode(ASKED, DhtQuery.Want.BOTH),
            true,
            Optional.of(BString.of(new byte[] {'S', 'L', 1, 0}))));
    golden(
        "d2:ip6:\1\2\3\4\u001a\u00e11:rd2:id20:mnopqrstuvwxyz1234566:nodes638:abcdefghij0123456789"
            + " \1\r\u00b8\0\0\0\0\0\0\0\0\0\0\0\1\u001a\u00e1e1:t2:aa1:y1:re",
        new DhtMessage.Response(
            AA,
            ASKED,
            List.of(new NodeContact(ASKER, new InetSocketAddress("2001:db8::1", 6881))),
            List.of(),
            Optional.empty(),
            Optional.of(new InetSocketAddress("1.2.3.4", 6881)),
            Optional.empty()));
  }

  @Test
  void messagesRoundTrip() {
    SeededCases.run(
        10_000,
        random -> {
          DhtMessage sent = DhtMessages.any(random);
          assertThat(DhtCodec.decode(DhtCodec.encode(sent))).isEqualTo(sent);
        });
  }

  @Test
  void unknownMethodsAreNotErrors() {
    assertThat(decode("d1:ad2:id20:abcdefghij0123456789e1:q4:vote1:t2:aa1:y1:qe"))
        .isEqualTo(query(new DhtQuery.Unknown("vote")));
    assertThat(
            decode("d1:ad2:id20:abcdefghij0123456789e1:q50:" + "\n".repeat(50) + "1:t2:aa1:y1:qe"))
        .isEqualTo(query(new DhtQuery.Unknown("?".repeat(32))));
  }

  @Test
  void unknownWantsAreIgnored() {
    assertThat(
            decode(
                "d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456"
                    + "4:wantl2:n72:n6i3eee1:q9:find_node1:t2:aa1:y1:qe"))
        .isEqualTo(query(new DhtQuery.FindNode(ASKED, new DhtQuery.Want(false, true))));
  }

  @Test
  void addressesThatNobodyCanReachAreLeftOut() {
    assertThat(
            decode(
                "d1:rd2:id20:mnopqrstuvwxyz1234565:nodes26:abcdefghij0123456789\1\2\3\4\0\0"
                    + "6:nodes638:abcdefghij0123456789\0\0\0\0\0\0\0\0\0\0\u00ff\u00ff\1\2\3\4\1\1"
                    + "6:valuesl6:\1\2\3\4\0\0i7e3:abc6:\1\2\3\4\0\1ee1:t2:aa1:y1:re"))
        .isEqualTo(
            new DhtMessage.Response(
                AA,
                ASKED,
                List.of(),
                List.of(new InetSocketAddress("1.2.3.4", 1)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
  }

  @Test
  void unusableOptionalKeysCountAsAbsent() {
    assertThat(
            decode(
                "d2:ip5:12345"
                    + "1:rd2:id20:mnopqrstuvwxyz1234565:nodesi1e5:tokeni1e6:values3:abce"
                    + "1:t2:aa1:v40:"
                    + "v".repeat(40)
                    + "1:y1:re"))
        .isEqualTo(response(ASKED));
  }

  @Test
  void impliedPortNeedsNoPort() {
    assertThat(
            decode(
                "d1:ad2:id20:abcdefghij012345678912:implied_porti1e9:info_hash20:"
                    + "mnopqrstuvwxyz1234565:token1:xe1:q13:announce_peer1:t2:aa1:y1:qe"))
        .isEqualTo(query(new DhtQuery.AnnouncePeer(HASH, 0, true, BString.of("x"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "i0e",
        "le",
        "de",
        "d1:t2:aa1:y1:ze",
        "d1:t0:1:y1:qe",
        "d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:y1:qe", // no transaction
        "d1:ad2:id20:abcdefghij0123456789e1:t2:aa1:y1:qe", // no method
        "d1:q4:ping1:t2:aa1:y1:qe", // no arguments
        "d1:ade1:q4:ping1:t2:aa1:y1:qe", // no id
        "d1:ad2:id19:abcdefghij012345678e1:q4:ping1:t2:aa1:y1:qe", // short id
        "d1:ad2:id20:abcdefghij0123456789e1:q9:find_node1:t2:aa1:y1:qe", // no target
        "d1:ad2:id20:abcdefghij0123456789e1:q9:get_peers1:t2:aa1:y1:qe", // no infohash
        "d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz1234564:porti1ee"
            + "1:q13:announce_peer1:t2:aa1:y1:qe", // no token
        "d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz1234564:porti65536e"
            + "5:token1:xe1:q13:announce_peer1:t2:aa1:y1:qe",
        "d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz1234564:porti0e"
            + "5:token1:xe1:q13:announce_peer1:t2:aa1:y1:qe",
        "d1:t2:aa1:y1:re", // no results
        "d1:rd5:token1:xe1:t2:aa1:y1:re", // no id
        // BEP 5 shortens the nodes of its example, which leaves no whole number of them.
        "d1:rd2:id20:0123456789abcdefghij5:nodes9:def456...e1:t2:aa1:y1:re",
        "d1:t2:aa1:y1:ee", // no error
        "d1:ele1:t2:aa1:y1:ee",
        "d1:el1:xe1:t2:aa1:y1:ee",
        "d1:rd2:id20:mnopqrstuvwxyz123456e1:t2:aa1:y1:reTRAILER",
      })
  void refuses(String bad) {
    assertThatThrownBy(() -> decode(bad)).isInstanceOf(WireException.class);
  }

  @Test
  void numbersAreBounded() {
    String nodes = NODE.repeat(DhtMessage.MAX_NODES);
    String head = "d1:rd2:id20:mnopqrstuvwxyz123456";
    assertThat(decode(head + "5:nodes" + nodes.length() + ":" + nodes + "e1:t1:a1:y1:re"))
        .isInstanceOfSatisfying(
            DhtMessage.Response.class, r -> assertThat(r.nodes()).hasSize(DhtMessage.MAX_NODES));
    String tooMany = nodes + NODE;
    assertThatThrownBy(
            () -> decode(head + "5:nodes" + tooMany.length() + ":" + tooMany + "e1:t1:a1:y1:re"))
        .isInstanceOf(WireException.class);
    String values = "6:\1\2\3\4\5\6".repeat(DhtMessage.MAX_VALUES);
    assertThat(decode(head + "6:valuesl" + values + "ee1:t1:a1:y1:re"))
        .isInstanceOfSatisfying(
            DhtMessage.Response.class, r -> assertThat(r.values()).hasSize(DhtMessage.MAX_VALUES));
    assertThatThrownBy(() -> decode(head + "6:valuesl" + values + "6:abcdefee1:t1:a1:y1:re"))
        .isInstanceOf(WireException.class);
    assertThatThrownBy(() -> decode("d1:t65:" + "t".repeat(65) + "1:y1:qe"))
        .isInstanceOf(WireException.class);
  }

  @Test
  void packetsAreBounded() {
    String longest = padded(DhtCodec.MAX_PACKET_BYTES);
    assertThat(decode(longest)).isEqualTo(response(ASKED));
    String oversize = padded(DhtCodec.MAX_PACKET_BYTES + 1);
    assertThatThrownBy(() -> decode(oversize)).isInstanceOf(WireException.class);
    assertThatThrownBy(
            () ->
                DhtCodec.encode(
                    new DhtMessage.Response(
                        AA,
                        ASKED,
                        Collections.nCopies(
                            2 * DhtMessage.MAX_NODES,
                            new NodeContact(ASKER, new InetSocketAddress("1.2.3.4", 6881))),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty())))
        .isInstanceOf(WireException.class);
  }

  /** A response with an unknown key that brings it to a length of 1100 bytes or more. */
  private static String padded(int bytes) {
    String frame = "d1:rd2:id20:mnopqrstuvwxyz123456e1:t2:aa1:y1:r1:z";
    int rest = bytes - frame.length() - "1000:e".length();
    String packet = frame + rest + ":" + "x".repeat(rest) + "e";
    assertThat(packet).hasSize(bytes);
    return packet;
  }

  private static void golden(String bytes, DhtMessage message) {
    assertThat(new String(Messages.array(DhtCodec.encode(message)), StandardCharsets.ISO_8859_1))
        .isEqualTo(bytes);
    assertThat(decode(bytes)).isEqualTo(message);
  }

  private static DhtMessage query(DhtQuery question) {
    return new DhtMessage.Query(AA, ASKER, question, false, Optional.empty());
  }

  private static DhtMessage response(NodeId sender) {
    return new DhtMessage.Response(
        AA, sender, List.of(), List.of(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static DhtMessage decode(String bytes) {
    return DhtCodec.decode(ByteBuffer.wrap(latin1(bytes)));
  }

  private static NodeId id(String text) {
    return NodeId.of(latin1(text));
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
