package io.sluice.swarm;

import io.sluice.wire.ExtensionCodec;
import io.sluice.wire.MetadataMessage;
import io.sluice.wire.PeerMessage;
import java.nio.ByteBuffer;

/** How a simulated peer answers those who ask for the torrent's metadata (BEP 9). */
final class SimMetadata {

  private final SimPeer peer;
  private final SimSwarm swarm;
  private int theirId;

  SimMetadata(SimPeer peer, SimSwarm swarm) {
    this.peer = peer;
    this.swarm = swarm;
  }

  /** The other side takes such messages by this number; 0 when it takes none. */
  void theirId(int id) {
    theirId = id;
  }

  void requested(int chunk) {
    if (peer.faults.contains(Fault.NO_METADATA)) {
      swarm.fired(Fault.NO_METADATA);
      if (swarm.random.nextBoolean()) {
        say(new MetadataMessage.Reject(chunk));
      }
      return;
    }
    byte[] raw = swarm.rawInfo.clone();
    if (peer.faults.contains(Fault.FALSE_METADATA)) {
      swarm.fired(Fault.FALSE_METADATA);
      raw[swarm.random.nextInt(raw.length)]++;
    }
    int from = chunk * MetadataMessage.PIECE_BYTES;
    if (from >= raw.length) {
      say(new MetadataMessage.Reject(chunk));
      return;
    }
    int length = Math.min(MetadataMessage.PIECE_BYTES, raw.length - from);
    say(
        new MetadataMessage.Data(
            chunk, raw.length, ByteBuffer.wrap(raw, from, length).asReadOnlyBuffer()));
  }

  private void say(MetadataMessage message) {
    if (theirId > 0) {
      peer.say(new PeerMessage.Extended(theirId, ExtensionCodec.encode(message)));
    }
  }
}
