package io.sluice.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An HTTP client that sees the very bytes: one connection, requests as text. */
final class RawHttp implements AutoCloseable {

  /** A header line. */
  record Header(String name, String value) {}

  /**
   * A response.
   *
   * @param head the status line and the header lines as they came
   */
  record Response(int status, String head, List<Header> headers, ByteBuffer body) {

    List<String> all(String name) {
      return headers.stream()
          .filter(header -> header.name().equalsIgnoreCase(name))
          .map(Header::value)
          .toList();
    }

    /** The only header of that name; empty when there is none. */
    String header(String name) {
      List<String> values = all(name);
      if (values.size() > 1) {
        throw new AssertionError(name + " stands there " + values.size() + " times: " + head);
      }
      return values.isEmpty() ? "" : values.getFirst();
    }

    String text() {
      return StandardCharsets.UTF_8.decode(body.duplicate()).toString();
    }
  }

  private final Socket socket;
  private final InputStream in;

  RawHttp(int port) throws IOException {
    this(port, 0);
  }

  /**
   * @param receiveBytes the socket's receive buffer, or 0 for the system's
   */
  RawHttp(int port, int receiveBytes) throws IOException {
    socket = new Socket();
    if (receiveBytes > 0) {
      socket.setReceiveBufferSize(receiveBytes);
    }
    socket.setSoTimeout(20_000);
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
    in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
  }

  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** Sends a request with header lines such as {@code Range: bytes=0-}. */
  void request(String method, String target, String... headers) throws IOException {
    StringBuilder text = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: test\r\n");
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    send(text + "\r\n");
  }

  Response get(String target, String... headers) throws IOException {
    request("GET", target, headers);
    return read("GET");
  }

  Response head(String target, String... headers) throws IOException {
    request("HEAD", target, headers);
    return read("HEAD");
  }

  /** Reads the response to a request of a method. */
  Response read(String method) throws IOException {
    Response head = readHead();
    boolean empty = method.equals("HEAD") || head.status() == 304 || head.status() == 204;
    int length = empty ? 0 : Integer.parseInt(head.header("Content-Length"));
    return new Response(
        head.status(), head.head(), head.headers(), ByteBuffer.wrap(readBody(length)));
  }

  /** Reads up to the empty line; the body is left to be read. */
  Response readHead() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = readLine(); !line.isEmpty(); line = readLine()) {
      lines.add(line);
    }
    List<Header> headers = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      headers.add(new Header(line.substring(0, colon), line.substring(colon + 1).strip()));
    }
    int status = Integer.parseInt(lines.getFirst().split(" ", 3)[1]);
    return new Response(status, String.join("\r\n", lines), headers, ByteBuffer.allocate(0));
  }

  private String readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      int c = in.read();
      if (c < 0) {
        throw new EOFException("the connection ended after: " + line);
      }
      if (c == '\n') {
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
      }
      line.write(c);
    }
  }

  /** Reads exactly so many bytes. */
  byte[] readBody(int length) throws IOException {
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new EOFException("the connection ended after " + body.length + " of " + length);
    }
    return body;
  }

  /** Reads until the connection ends, however it does. */
  byte[] readToEnd() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    try {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        all.write(buffer, 0, n);
      }
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the connection is still open", e);
    } catch (IOException reset) {
      // An end like any other.
    }
    return all.toByteArray();
  }

  /** How many bytes can be read without waiting. */
  int available() throws IOException {
    return in.available();
  }

  /** Ends the connection with a reset instead of a proper close. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
