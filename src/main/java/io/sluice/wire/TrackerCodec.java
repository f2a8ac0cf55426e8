package io.sluice.wire;

import java.util.List;

/**
 * The WebTorrent tracker protocol's JSON, both ways.
 *
 * <p>Binary values are texts of one character per byte, U+0000 to U+00FF. What is written is the
 * dialect that every known client and tracker accepts: integers only, no {@code null}, no absent
 * infohash. What is read may be less tidy: numbers with a fraction, absent or {@code null} fields,
 * unknown events and fields. Nothing but {@link WireException} is thrown for whatever bytes.
 *
 * <p>Safe for any thread.
 */
public final class TrackerCodec {

  private TrackerCodec() {}

  /**
   * Reads what a client sent, from a text or binary message.
   *
   * @param utf8 one whole WebSocket message
   */
  public static TrackerMessage.ToTracker decodeToTracker(byte[] utf8) {
    return TrackerJson.read(utf8, TrackerRequestFields::new).message();
  }

  /**
   * Reads what a tracker sent. Most trackers say one thing at a time; a message that says several
   * is taken apart, counts first.
   *
   * @param utf8 one whole WebSocket message
   * @return at least one message
   */
  public static List<TrackerMessage.ToClient> decodeToClient(byte[] utf8) {
    return TrackerJson.read(utf8, TrackerReplyFields::new).messages();
  }

  /** The text of a WebSocket message. */
  public static String encode(TrackerMessage message) {
    return TrackerJsonWriter.write(message);
  }

  /** Bytes of a text that {@link #encode} made, once it is UTF-8. */
  public static int encodedBytes(String encoded) {
    return TrackerText.utf8Bytes(encoded);
  }
}
