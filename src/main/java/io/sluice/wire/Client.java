package io.sluice.wire;

/** How this program calls itself to those it talks to. */
public final class Client {

  /** In {@code v} of extended handshakes (BEP 10) and in {@code User-Agent}. */
  public static final String NAME = "Sluice/0.1";

  private Client() {}
}
