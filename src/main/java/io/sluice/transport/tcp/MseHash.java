package io.sluice.transport.tcp;

import io.sluice.wire.InfoHash;
import io.sluice.wire.Sha1;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** The hashes by which message stream encryption finds its place, its torrent and its keys. */
final class MseHash {

  static final int BYTES = 20;

  private MseHash() {}

  /** Marks the end of the initiator's padding. */
  static byte[] req1(byte[] secret) {
    return sha1("req1", secret);
  }

  /** Names a torrent without showing its infohash. */
  static byte[] req2(InfoHash torrent) {
    return sha1("req2", torrent.bytes());
  }

  /** Hides the name of the torrent from whoever knows infohashes but not this exchange. */
  static byte[] req3(byte[] secret) {
    return sha1("req3", secret);
  }

  /** What the initiator encrypts with. */
  static byte[] keyA(byte[] secret, InfoHash torrent) {
    return sha1("keyA", secret, torrent.bytes());
  }

  /** What the responder encrypts with. */
  static byte[] keyB(byte[] secret, InfoHash torrent) {
    return sha1("keyB", secret, torrent.bytes());
  }

  static byte[] xor(byte[] one, byte[] other) {
    byte[] result = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      result[i] = (byte) (one[i] ^ other[i]);
    }
    return result;
  }

  private static byte[] sha1(String label, byte[]... parts) {
    MessageDigest digest = Sha1.digest();
    digest.update(label.getBytes(StandardCharsets.US_ASCII));
    for (byte[] part : parts) {
      digest.update(part);
    }
    return digest.digest();
  }
}
