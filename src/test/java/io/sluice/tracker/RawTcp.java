package io.sluice.tracker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;

/** A client that has shaken hands for a WebSocket and then knows no rules (RFC 6455). */
final class RawTcp implements AutoCloseable {

  static final int TEXT = 1;
  static final int PING = 9;

  private static final String HANDSHAKE =
      """
      GET /announce HTTP/1.1\r
      Host: localhost\r
      Upgrade: websocket\r
      Connection: Upgrade\r
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
      Sec-WebSocket-Version: 13\r
      Sec-WebSocket-Extensions: permessage-deflate\r
      \r
      """;

  private final Socket socket = new Socket();
  private final InputStream in;
  private final OutputStream out;

  /** The server's answer to the handshake. */
  final String head;

  RawTcp(TrackerServer server) throws IOException {
    this(server, 13);
  }

  /** With another version than 13, which the server is to refuse. */
  RawTcp(TrackerServer server, int version) throws IOException {
    // A small window, so that a server notices soon when this end does not read.
    socket.setReceiveBufferSize(4 * 1024);
    socket.setSoTimeout(30_000);
    socket.connect(new InetSocketAddress(TrackerServer.host(), server.port()));
    in = socket.getInputStream();
    out = socket.getOutputStream();
    send(HANDSHAKE.replace("Version: 13", "Version: " + version).getBytes(ISO_8859_1));
    head = readHead();
  }

  private String readHead() throws IOException {
    StringBuilder read = new StringBuilder();
    while (read.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("closed after: " + read);
      }
      read.append((char) next);
    }
    return read.toString();
  }

  void send(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** A whole masked text frame; the mask is zero, which is allowed. */
  static byte[] text(String text) {
    byte[] payload = text.getBytes(ISO_8859_1);
    ByteBuffer frame = ByteBuffer.allocate(payload.length + 14).put((byte) 0x81);
    if (payload.length < 126) {
      frame.put((byte) (0x80 | payload.length));
    } else if (payload.length < 65_536) {
      frame.put((byte) 0xFE).putShort((short) payload.length);
    } else {
      frame.put((byte) 0xFF).putLong(payload.length);
    }
    frame.putInt(0).put(payload).flip();
    byte[] bytes = new byte[frame.remaining()];
    frame.get(bytes);
    return bytes;
  }

  /** The opcode of the next frame; -1 when the server has closed the connection. */
  int readFrame() throws IOException {
    int first = in.read();
    if (first < 0) {
      return -1;
    }
    int length = in.read();
    int more = length == 126 ? 2 : length == 127 ? 8 : 0;
    for (int i = 0; i < more; i++) {
      length = (i == 0 ? 0 : length << 8) | in.read();
    }
    in.readNBytes(length);
    return first & 0x0F;
  }

  /** Reads until the server closes the connection, in whatever way. */
  void awaitEnd() throws IOException {
    byte[] buffer = new byte[64 * 1024];
    try {
      while (in.read(buffer) >= 0) {
        // Whatever it says on its way out.
      }
    } catch (SocketException reset) {
      // Closed while something was under way: that is an end, too.
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
