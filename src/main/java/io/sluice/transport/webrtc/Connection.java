package io.sluice.transport.webrtc;

import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCDataChannelInit;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.RTCPeerConnectionState;
import dev.onvoid.webrtc.RTCSdpType;
import dev.onvoid.webrtc.RTCSessionDescription;
import io.sluice.transport.LinkInbox;
import io.sluice.wire.Handshake;
import io.sluice.wire.HandshakeCodec;
import io.sluice.wire.PeerMessage;
import io.sluice.wire.PeerMessageCodec;
import io.sluice.wire.WireException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One peer connection from its first description to its end.
 *
 * <pre>
 * GATHERING --> OFFERED --> CONNECTING --> SHAKING --> LINKED
 *     |  (ours)    (answered)    ^  (channel open) (handshake in)
 *     +--------------------------+
 *        (our answer to theirs)            any --> CLOSED
 * </pre>
 *
 * <p>Confined to the control thread, but for the callbacks and the sending, which say so.
 */
final class Connection
    implements PeerObserver.Target,
        ChannelObserver.Target,
        ChannelReader.Sink,
        ChannelWriter.Owner {

  enum Stage {
    GATHERING,
    OFFERED,
    CONNECTING,
    SHAKING,
    LINKED,
    CLOSED
  }

  /**
   * What a connection needs of its transport.
   *
   * @param leaked counts connections whose native memory may not be freed
   */
  record Surroundings(
      Control control,
      SendLoop loop,
      ChunkPool pool,
      PeerConnections connections,
      WebrtcSettings settings,
      AtomicLong leaked) {

    WebrtcLimits limits() {
      return settings.limits();
    }
  }

  /** Hears how a connection fares, on the control thread. */
  interface Owner {
    /** {@link #localSdp} is complete and has at least one address in it. */
    void described(Connection connection);

    /** Both sides have shaken hands. */
    void linked(Connection connection, WebrtcEndpoint endpoint, WebrtcLink link);

    /** The last call. */
    void closed(Connection connection, Stage at, String reason);
  }

  private static final String LABEL = "sluice";

  /** A peer has no use for more than one channel; one that keeps opening them is thrown out. */
  private static final int MAX_REFUSED_CHANNELS = 4;

  private final Surroundings around;
  private final boolean initiatedHere;
  private final Owner owner;
  private final PeerObserver peerObserver = new PeerObserver(this);
  private final ChannelReader reader;
  private final LinkInbox inbox;

  private @Nullable RTCPeerConnection peer;
  private boolean localSet;
  private String localSdp = "";
  private boolean allGathered;
  private int refusedChannels;
  private Control.Timer stageTimer = Control.Timer.NONE;
  private Control.Timer contactTimer = Control.Timer.NONE;

  // Written on the control thread before native code can call back for it, read anywhere.
  private volatile Stage stage = Stage.GATHERING;
  private volatile @Nullable WebrtcEndpoint endpoint;
  private volatile @Nullable DataChannel channel;
  private volatile @Nullable ChannelWriter writer;
  private volatile String address = "";
  private int maxMessageBytes = ChunkPool.CHUNK_BYTES;

  private Connection(Surroundings around, boolean initiatedHere, Owner owner) {
    this.around = around;
    this.initiatedHere = initiatedHere;
    this.owner = owner;
    this.reader = new ChannelReader(around.limits().maxMessageBytes(), this);
    this.inbox = new LinkInbox(around.limits().maxInboxBytes(), this::listenerFailed);
  }

  /** Begins to make an offer, for whatever torrent. */
  static Connection offer(Surroundings around, Owner owner) {
    Connection connection = new Connection(around, true, owner);
    connection.step(
        () -> {
          RTCPeerConnection made = connection.begin();
          connection.adopt(made.createDataChannel(LABEL, new RTCDataChannelInit()));
          Descriptions.createOffer(made, connection::describe, connection::failed);
        });
    return connection;
  }

  /** Begins to answer a peer's offer, which {@link SdpText} has looked at. */
  static Connection answer(
      Surroundings around, Owner owner, WebrtcEndpoint endpoint, SdpText.Remote offer) {
    Connection connection = new Connection(around, false, owner);
    connection.endpoint = endpoint;
    connection.step(
        () -> {
          RTCPeerConnection made = connection.begin();
          connection.know(offer);
          Runnable answer =
              connection.later(
                  () -> Descriptions.createAnswer(made, connection::describe, connection::failed));
          Descriptions.setRemote(made, RTCSdpType.OFFER, offer.sdp(), answer, connection::failed);
        });
    return connection;
  }

  /** Our offer or answer, once it was {@link Owner#described}. */
  String localSdp() {
    return localSdp;
  }

  /** The offer is out, for this torrent. */
  void handedOut(WebrtcEndpoint forTorrent) {
    endpoint = forTorrent;
  }

  /** A peer answered our offer, which has been {@link #handedOut}. */
  void answered(SdpText.Remote answer) {
    enter(Stage.CONNECTING, around.limits().connectLimit(), "no connection came about");
    guarded(
        () -> {
          know(answer);
          writer = writerFor(Objects.requireNonNull(channel));
          Descriptions.setRemote(
              Objects.requireNonNull(peer),
              RTCSdpType.ANSWER,
              answer.sdp(),
              () -> {},
              this::failed);
        });
  }

  // ---- the way to a description --------------------------------------------------------------

  private RTCPeerConnection begin() {
    RTCPeerConnection made = around.connections().create(peerObserver);
    peer = made;
    enter(Stage.GATHERING, around.limits().gatherLimit(), "no address was found to offer");
    return made;
  }

  private void know(SdpText.Remote remote) {
    maxMessageBytes = remote.maxMessageBytes();
    address = remote.address();
  }

  /** On a native thread: a description was made. */
  private void describe(RTCSessionDescription description) {
    later(
            () -> {
              RTCPeerConnection made = peer;
              if (made != null) {
                Descriptions.setLocal(made, description, later(this::localSet), this::failed);
              }
            })
        .run();
  }

  private void localSet() {
    localSet = true;
    if (allGathered) {
      describeOut();
    }
  }

  @Override
  public void gathered() {
    later(
            () -> {
              allGathered = true;
              if (localSet) {
                describeOut();
              }
            })
        .run();
  }

  /** Ends the gathering, because it is complete or has taken long enough. */
  private void describeOut() {
    if (stage == Stage.GATHERING && !tryDescribeOut()) {
      close("no address was found to offer");
    }
  }

  private boolean tryDescribeOut() {
    RTCPeerConnection made = peer;
    RTCSessionDescription description = made == null ? null : made.getLocalDescription();
    if (description == null || !SdpText.hasCandidates(description.sdp)) {
      return false;
    }
    if (initiatedHere) {
      stageTimer.cancel();
      stage = Stage.OFFERED;
    } else {
      enter(Stage.CONNECTING, around.limits().connectLimit(), "no connection came about");
    }
    localSdp = SdpText.local(description.sdp);
    owner.described(this);
    return true;
  }

  // ---- the way to a link ---------------------------------------------------------------------

  @Override
  public void channelOpened(RTCDataChannel theirs) {
    boolean taken =
        around
            .control()
            .execute(
                () -> {
                  if (stage == Stage.CLOSED || initiatedHere || channel != null) {
                    refuse(theirs);
                  } else {
                    adopt(theirs);
                  }
                });
    assert taken || stage == Stage.CLOSED : "control ends after its connections";
  }

  private void refuse(RTCDataChannel theirs) {
    try {
      theirs.close();
      theirs.dispose();
    } finally {
      if (++refusedChannels > MAX_REFUSED_CHANNELS) {
        close("the peer keeps opening channels");
      }
    }
  }

  private void adopt(RTCDataChannel made) {
    DataChannel adopted = new DataChannel(made);
    channel = adopted;
    if (!initiatedHere) {
      writer = writerFor(adopted);
    }
    adopted.observe(this);
    channelState();
  }

  private ChannelWriter writerFor(DataChannel adopted) {
    return new ChannelWriter(
        adopted, around.loop(), around.pool(), around.limits(), maxMessageBytes, this);
  }

  @Override
  public void channelStateChanged() {
    later(this::channelState).run();
  }

  private void channelState() {
    DataChannel adopted = channel;
    if (adopted == null) {
      return;
    }
    switch (adopted.state()) {
      case CONNECTING -> {}
      case OPEN -> channelIsOpen();
      case CLOSING, CLOSED -> close("the peer closed the connection");
    }
  }

  private void channelIsOpen() {
    WebrtcEndpoint torrent = endpoint;
    ChannelWriter out = writer;
    if (stage != Stage.CONNECTING || torrent == null || out == null) {
      return;
    }
    enter(Stage.SHAKING, around.limits().handshakeLimit(), "the peer did not shake hands");
    // Alone in its message: one implementation reads exactly these 68 bytes into a buffer.
    var _ =
        out.sendAlone(
            HandshakeCodec.encode(
                new Handshake(torrent.infoHash(), torrent.self(), true, true, false)));
  }

  @Override
  public void channelMessage(ByteBuffer bytes, boolean binary) {
    reader.read(bytes, binary);
  }

  @Override
  public void handshake(Handshake remote) {
    WebrtcEndpoint torrent = endpoint;
    ChannelWriter out = writer;
    if (torrent == null || out == null || !remote.infoHash().equals(torrent.infoHash())) {
      throw new WireException("a handshake for another torrent");
    }
    if (remote.peerId().equals(torrent.self())) {
      throw new WireException("a connection to ourselves");
    }
    WebrtcLink link = new WebrtcLink(remote, initiatedHere, address, out, inbox, this::closeLater);
    later(() -> shaken(torrent, link)).run();
  }

  private void shaken(WebrtcEndpoint torrent, WebrtcLink link) {
    // Its handshake may be read before we have heard that the channel is open.
    channelIsOpen();
    if (stage != Stage.SHAKING) {
      close("a handshake out of turn");
      return;
    }
    stageTimer.cancel();
    stage = Stage.LINKED;
    owner.linked(this, torrent, link);
  }

  @Override
  public void message(PeerMessage message) {
    if (!inbox.message(message, PeerMessageCodec.encodedBytes(message))) {
      throw new WireException("more messages than were taken");
    }
  }

  @Override
  public void writable() {
    inbox.writable();
  }

  // ---- the end -------------------------------------------------------------------------------

  @Override
  public void connectionChanged(RTCPeerConnectionState state) {
    later(
            () -> {
              contactTimer.cancel();
              switch (state) {
                case FAILED -> close("the connection failed");
                case CLOSED -> close("the connection was closed");
                case DISCONNECTED ->
                    contactTimer =
                        around
                            .control()
                            .after(
                                around.limits().disconnectLimit(),
                                later(() -> close("no contact with the peer")));
                case NEW, CONNECTING, CONNECTED -> {}
              }
            })
        .run();
  }

  @Override
  public void broken(String reason) {
    closeLater("the peer sent " + reason);
  }

  @Override
  public void writeFailed(String reason) {
    closeLater(reason);
  }

  private void failed(String error) {
    closeLater("the description was no good: " + error);
  }

  private void listenerFailed(Throwable fault) {
    NativeBorder.report(fault);
    closeLater("a fault of ours");
  }

  /** Closes soon; safe for any thread. */
  void closeLater(String reason) {
    later(() -> close(reason)).run();
  }

  /** Closes now and gives up everything native; on the control thread. */
  void close(String reason) {
    if (stage == Stage.CLOSED) {
      return;
    }
    final Stage at = stage;
    stage = Stage.CLOSED;
    stageTimer.cancel();
    contactTimer.cancel();
    Optional.ofNullable(writer).ifPresent(ChannelWriter::stop);
    var _ = inbox.closed(reason);
    try {
      release();
    } catch (Throwable fault) {
      NativeBorder.report(fault);
    } finally {
      owner.closed(this, at, reason);
    }
  }

  private void release() {
    peerObserver.detach();
    DataChannel adopted = channel;
    if (adopted != null) {
      adopted.close();
    }
    RTCPeerConnection made = peer;
    peer = null;
    if (made != null && !NativeRelease.close(made)) {
      around.leaked().incrementAndGet();
    }
    if (adopted != null) {
      adopted.dispose();
    }
  }

  private void enter(Stage next, Duration limit, String otherwise) {
    stageTimer.cancel();
    stage = next;
    Runnable overdue = next == Stage.GATHERING ? this::describeOut : () -> close(otherwise);
    stageTimer = around.control().after(limit, later(overdue));
  }

  /** Begins on the control thread; what fails there ends the connection. */
  private void step(Runnable work) {
    later(work).run();
  }

  /** Work for the control thread, from whatever thread it is run on. */
  private Runnable later(Runnable work) {
    return () -> {
      var _ = around.control().execute(() -> guarded(work));
    };
  }

  /** Work on the control thread: void once this is closed, and what fails closes it. */
  private void guarded(Runnable work) {
    if (stage == Stage.CLOSED) {
      return;
    }
    try {
      work.run();
    } catch (Throwable failure) {
      close("the WebRTC library refused: " + failure.getMessage());
    }
  }
}
