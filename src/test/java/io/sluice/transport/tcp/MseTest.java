package io.sluice.transport.tcp;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sluice.testing.SeededCases;
import io.sluice.wire.Handshake;
import io.sluice.wire.HandshakeCodec;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import io.sluice.wire.WireException;
import java.io.EOFException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Message stream encryption, each side against fixed bytes and against the other. The fixed bytes
 * were computed by a program of its own, from the same secrets.
 */
@Timeout(30)
final class MseTest {

  private static final InfoHash TORRENT =
      InfoHash.parse("a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3");
  private static final TcpEndpoint ENDPOINT =
      new TcpEndpoint(TORRENT, id("-SL0100-responder000"), false, _ -> {});
  private static final byte[] FIRST = handshake("-SL0100-initiator000");
  private static final byte[] REPLY = handshake("-SL0100-responder000");

  private static final byte[] STEP_1 =
      hex(
          "96e112dab29e8c5272accb9b17b26887ce54a144a4e3b697c7d159b7a817e556b0918db2b4c658e0"
              + "2a87f7e5fb14b18a553e084cbf3dad2d30f16596ccb982d406258c61b30c5c1dae2ddc60bdbd48d7"
              + "9896312aad63238c39e1a633821eb6935a5a5a5a5a");
  private static final byte[] STEP_2 =
      hex(
          "8ca0686e164a874ae2932862e32f83f52a4cc67baeccc06404d6f2ac3526489a7bbaf9c2ee33048c"
              + "ef2ec817cb350d4c19f4db8bc2af3ea15dd734d2e08c05da261d17ff4bbdaecb05ba304965990074"
              + "b1606481fd9c27b0c0f9416a73a1f15b5b5b5b5b5b");
  private static final byte[] STEP_3_EITHER =
      hex(
          "b80b9d67189cdd032900521a06a6b9ab66745c562185f2d7c80a3699be3631ab10c7a26681c75a2b"
              + "876b7e77ffad983a29a3e3abee9bcaf0e461d976f937d677c75c01d73838581fd2257cb7f43cf1e8"
              + "d6b28d604869e1bcae9a8eb6d6072df8a569c02eff0f6e47cc5a9b9722900c7ba20a0deaf4f0520a"
              + "0750a8c5bc6e8bf2b8");
  private static final byte[] STEP_3_RC4 =
      hex(
          "b80b9d67189cdd032900521a06a6b9ab66745c562185f2d7c80a3699be3631ab10c7a26681c75a2b"
              + "876b7e77ffad983a29a3e3aaee9bcaf0e461d976f937d677c75c01d73838581fd2257cb7f43cf1e8"
              + "d6b28d604869e1bcae9a8eb6d6072df8a569c02eff0f6e47cc5a9b9722900c7ba20a0deaf4f0520a"
              + "0750a8c5bc6e8bf2b8");
  private static final byte[] STEP_4_PLAIN = hex("eb84c1e0a7f0f1c7c7d0d3311a62344541f378");
  private static final byte[] STEP_4_RC4 = hex("eb84c1e0a7f0f1c7c7d0d3321a62344541f378");
  private static final byte[] REPLY_RC4 =
      hex(
          "ca53525a2d5955fc193c41e888657415c6945338bbf25fd689e682684e32f59a1e28f187626caae0"
              + "0823a77187774b284df16c2c2342adf5c9000c03bc389f291ca2b8fb");

  /** Choke and keep-alive, from the initiator. */
  private static final byte[] MESSAGES = hex("000000010000000000");

  private static final byte[] MESSAGES_RC4 = hex("cc899d8607e4512fa9");

  // ---- fixed bytes ---------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void initiatorSaysWhatItShould(boolean streamToo) throws Exception {
    try (Wire wire = Wire.whole()) {
      FutureTask<TcpProtection> initiator =
          started(
              () ->
                  new MseInitiator(scripted(0x01, 0x5a), streamToo)
                      .agree(wire.initiatorIn, wire.initiatorOut, TORRENT, FIRST.clone()));
      assertThat(wire.sentByInitiator(STEP_1.length)).isEqualTo(STEP_1);
      wire.sendAsResponder(STEP_2);
      byte[] step3 = streamToo ? STEP_3_RC4 : STEP_3_EITHER;
      assertThat(wire.sentByInitiator(step3.length)).isEqualTo(step3);
      wire.sendAsResponder(streamToo ? STEP_4_RC4 : STEP_4_PLAIN);
      wire.sendAsResponder(streamToo ? REPLY_RC4 : REPLY);

      assertThat(initiator.get())
          .isEqualTo(streamToo ? TcpProtection.STREAM : TcpProtection.HANDSHAKE);
      assertThat(wire.initiatorIn.take(REPLY.length)).isEqualTo(REPLY);
      wire.initiatorOut.write(MESSAGES.clone());
      assertThat(wire.sentByInitiator(MESSAGES.length))
          .isEqualTo(streamToo ? MESSAGES_RC4 : MESSAGES);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void responderSaysWhatItShould(boolean streamToo) throws Exception {
    try (Wire wire = Wire.whole()) {
      FutureTask<MseResponder.Agreed> responder =
          started(
              () ->
                  responder(scripted(0x41, 0x5b), streamToo)
                      .agree(wire.responderIn, wire.responderOut));
      wire.sendAsInitiator(STEP_1);
      assertThat(wire.sentByResponder(STEP_2.length)).isEqualTo(STEP_2);
      wire.sendAsInitiator(STEP_3_EITHER);
      byte[] step4 = streamToo ? STEP_4_RC4 : STEP_4_PLAIN;
      assertThat(wire.sentByResponder(step4.length)).isEqualTo(step4);
      wire.sendAsInitiator(streamToo ? MESSAGES_RC4 : MESSAGES);

      assertThat(responder.get())
          .isEqualTo(
              new MseResponder.Agreed(
                  ENDPOINT, streamToo ? TcpProtection.STREAM : TcpProtection.HANDSHAKE));
      assertThat(wire.responderIn.take(FIRST.length)).isEqualTo(FIRST);
      assertThat(wire.responderIn.take(MESSAGES.length)).isEqualTo(MESSAGES);
      wire.responderOut.write(REPLY.clone());
      assertThat(wire.sentByResponder(REPLY.length)).isEqualTo(streamToo ? REPLY_RC4 : REPLY);
    }
  }

  // ---- one against the other -----------------------------------------------------------------

  @Test
  void anySplitOfTheBytesWillDo() {
    SeededCases.run(
        40,
        random -> {
          byte[] first = bytes(random, random.nextInt(2) * random.nextInt(5_000));
          boolean streamToo = random.nextBoolean();
          try (Wire wire = Wire.inPortions(random, 1 + random.nextInt(300))) {
            assertAgree(wire, random, first, streamToo);
          }
        });
  }

  @Test
  void byteByByteWillDo() {
    SeededCases.run(
        4,
        random -> {
          try (Wire wire = Wire.inPortions(random, 1)) {
            assertAgree(wire, random, FIRST, random.nextBoolean());
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"0,0", "0,512", "512,0", "512,512"})
  void padsMayBeAsShortAndAsLongAsTheyMayBe(int ofInitiator, int ofResponder) throws Exception {
    try (Wire wire = Wire.whole()) {
      assertAgree(
          wire,
          new ScriptedRandom(secret(0x01), ofInitiator, 0x77),
          new ScriptedRandom(secret(0x41), ofResponder, 0x78),
          FIRST,
          true);
    }
  }

  private static void assertAgree(Wire wire, Random random, byte[] first, boolean streamToo)
      throws Exception {
    assertAgree(
        wire, new Random(random.nextLong()), new Random(random.nextLong()), first, streamToo);
  }

  private static void assertAgree(
      Wire wire,
      RandomGenerator ofInitiator,
      RandomGenerator ofResponder,
      byte[] first,
      boolean streamToo)
      throws Exception {
    FutureTask<MseResponder.Agreed> responder =
        started(
            () ->
                responder(new KeyExchange(ofResponder, 1), streamToo)
                    .agree(wire.responderIn, wire.responderOut));
    TcpProtection expected = streamToo ? TcpProtection.STREAM : TcpProtection.HANDSHAKE;
    assertThat(
            new MseInitiator(new KeyExchange(ofInitiator, 1), false)
                .agree(wire.initiatorIn, wire.initiatorOut, TORRENT, first.clone()))
        .isEqualTo(expected);
    assertThat(responder.get()).isEqualTo(new MseResponder.Agreed(ENDPOINT, expected));

    wire.initiatorOut.write(MESSAGES.clone());
    wire.responderOut.write(REPLY.clone());
    assertThat(wire.responderIn.take(first.length)).isEqualTo(first);
    assertThat(wire.responderIn.take(MESSAGES.length)).isEqualTo(MESSAGES);
    assertThat(wire.initiatorIn.take(REPLY.length)).isEqualTo(REPLY);
  }

  // ---- what is turned away -------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({"0,false", "4,false", "1,true", "0,true", "0x7ffffffc,false"})
  void responderRefusesMethodsItDoesNotWant(String offered, boolean streamToo) throws Exception {
    assertThat(responderFailure(Integer.decode(offered), 0, 8, streamToo))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("no encryption");
  }

  @Test
  void responderRefusesPaddingThatIsTooLong() throws Exception {
    assertThat(responderFailure(3, 513, 8, false))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("513");
  }

  @Test
  void responderRefusesAKeyThatDoesNotFit() throws Exception {
    assertThat(responderFailure(3, 0, 7, false))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("key");
  }

  /** What the responder throws at a request with these contents. */
  private static Throwable responderFailure(int offered, int padBytes, int zeros, boolean streamToo)
      throws Exception {
    try (Wire wire = Wire.whole()) {
      FutureTask<MseResponder.Agreed> responder =
          started(
              () ->
                  responder(scripted(0x41, 0), streamToo)
                      .agree(wire.responderIn, wire.responderOut));
      DhKey ours = new DhKey(BigInteger.valueOf(77));
      wire.sendAsInitiator(ours.publicBytes());
      byte[] secret = ours.shared(Arrays.copyOf(wire.sentByResponder(101), DhKey.BYTES));
      byte[] zerosThenOnes = new byte[8];
      Arrays.fill(zerosThenOnes, zeros, 8, (byte) 1);
      byte[] hidden =
          ByteBuffer.allocate(8 + 4 + 2 + padBytes + 2)
              .put(zerosThenOnes)
              .putInt(offered)
              .putShort((short) padBytes)
              .array();
      wire.sendAsInitiator(
          Mse.joined(
              MseHash.req1(secret),
              MseHash.xor(MseHash.req2(TORRENT), MseHash.req3(secret)),
              new Rc4(MseHash.keyA(secret, TORRENT)).apply(hidden)));
      return failure(responder);
    }
  }

  @Test
  void responderRefusesATorrentItDoesNotKnow() throws Exception {
    try (Wire wire = Wire.whole()) {
      FutureTask<MseResponder.Agreed> responder =
          started(
              () -> responder(scripted(0x41, 0), false).agree(wire.responderIn, wire.responderOut));
      FutureTask<TcpProtection> initiator =
          started(
              () ->
                  new MseInitiator(scripted(0x01, 0), false)
                      .agree(
                          wire.initiatorIn,
                          wire.initiatorOut,
                          InfoHash.parse("ff".repeat(20)),
                          FIRST.clone()));
      assertThat(failure(responder))
          .isInstanceOf(WireException.class)
          .hasMessage("an unknown torrent");
      wire.endAsResponder();
      // It knew how to exchange keys, so this is no reason to try in the open.
      assertThat(failure(initiator)).isInstanceOf(EOFException.class);
    }
  }

  @Test
  void responderLooksForTheMarkAfter512BytesAndNoFurther() throws Exception {
    try (Wire wire = Wire.whole()) {
      FutureTask<MseResponder.Agreed> responder =
          started(
              () -> responder(scripted(0x41, 0), false).agree(wire.responderIn, wire.responderOut));
      wire.sendAsInitiator(new DhKey(BigInteger.TEN).publicBytes());
      wire.sendAsInitiator(new byte[512]);
      var _ = wire.sentByResponder(101);
      assertThat(responder.isDone()).isFalse();
      wire.sendAsInitiator(new byte[20]);
      assertThat(failure(responder))
          .isInstanceOf(WireException.class)
          .hasMessageContaining("padding");
    }
  }

  @Test
  void initiatorLooksForTheAnswerAfter512BytesAndNoFurther() throws Exception {
    try (Wire wire = Wire.whole()) {
      FutureTask<TcpProtection> initiator =
          started(
              () ->
                  new MseInitiator(scripted(0x01, 0), false)
                      .agree(wire.initiatorIn, wire.initiatorOut, TORRENT, FIRST.clone()));
      wire.sendAsResponder(new DhKey(BigInteger.TEN).publicBytes());
      wire.sendAsResponder(new byte[512]);
      var _ = wire.sentByInitiator(101 + 129);
      assertThat(initiator.isDone()).isFalse();
      wire.sendAsResponder(new byte[8]);
      assertThat(failure(initiator))
          .isInstanceOf(WireException.class)
          .hasMessageContaining("padding");
    }
  }

  @ParameterizedTest
  @CsvSource({"1,true", "0,false", "3,false", "4,false"})
  void initiatorRefusesAMethodItDidNotOffer(int chosen, boolean streamToo) throws Exception {
    try (Wire wire = Wire.whole()) {
      FutureTask<TcpProtection> initiator =
          started(
              () ->
                  new MseInitiator(scripted(0x01, 0), streamToo)
                      .agree(wire.initiatorIn, wire.initiatorOut, TORRENT, FIRST.clone()));
      DhKey ours = new DhKey(BigInteger.valueOf(77));
      wire.sendAsResponder(ours.publicBytes());
      byte[] secret = ours.shared(Arrays.copyOf(wire.sentByInitiator(101), DhKey.BYTES));
      byte[] hidden = ByteBuffer.allocate(14).putInt(8, chosen).array();
      wire.sendAsResponder(new Rc4(MseHash.keyB(secret, TORRENT)).apply(hidden));
      assertThat(failure(initiator)).isInstanceOf(WireException.class);
    }
  }

  @Test
  void initiatorTellsAPeerThatSpeaksInTheOpen() throws Exception {
    try (Wire wire = Wire.whole()) {
      wire.sendAsResponder(REPLY);
      assertNotEncrypted(wire);
    }
  }

  @Test
  void initiatorTellsAPeerThatClosesOnAKey() throws Exception {
    try (Wire wire = Wire.whole()) {
      wire.sendAsResponder(Arrays.copyOf(STEP_2, 95));
      wire.endAsResponder();
      assertNotEncrypted(wire);
    }
  }

  private static void assertNotEncrypted(Wire wire) {
    assertThatThrownBy(
            () ->
                new MseInitiator(new KeyExchange(new SecureRandom(), 1), false)
                    .agree(wire.initiatorIn, wire.initiatorOut, TORRENT, FIRST.clone()))
        .isInstanceOfSatisfying(
            HandshakeFailure.class,
            failure -> assertThat(failure.kind()).isEqualTo(HandshakeFailure.Kind.NOT_ENCRYPTED));
  }

  // ---- helpers -------------------------------------------------------------------------------

  private static MseResponder responder(KeyExchange exchange, boolean streamToo) {
    return new MseResponder(
        exchange,
        streamToo,
        name ->
            Arrays.equals(name, MseHash.req2(TORRENT)) ? Optional.of(ENDPOINT) : Optional.empty());
  }

  private static KeyExchange scripted(int firstOfSecret, int padFilling) {
    return new KeyExchange(new ScriptedRandom(secret(firstOfSecret), 5, padFilling), 1);
  }

  private static byte[] secret(int first) {
    byte[] secret = new byte[20];
    for (int i = 0; i < secret.length; i++) {
      secret[i] = (byte) (first + i);
    }
    return secret;
  }

  private static <T> FutureTask<T> started(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread.ofVirtual().start(task);
    return task;
  }

  private static Throwable failure(FutureTask<?> task) {
    Throwable failure = catchThrowable(task::get);
    assertThat(failure).isInstanceOf(ExecutionException.class);
    return requireNonNull(failure.getCause());
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private static PeerId id(String text) {
    return PeerId.of(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] handshake(String peerId) {
    byte[] bytes = new byte[Handshake.BYTES];
    HandshakeCodec.encode(new Handshake(TORRENT, id(peerId), true, true, false)).get(bytes);
    return bytes;
  }
}
