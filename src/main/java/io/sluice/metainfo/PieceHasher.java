package io.sluice.metainfo;

import io.sluice.metainfo.SourceFiles.SourceFile;
import io.sluice.metainfo.TorrentBuilder.Progress;
import io.sluice.wire.Sha1;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.List;

/** Hashes files as one row of bytes, piece by piece. Used once, confined to one thread. */
final class PieceHasher {

  private static final int HASH_BYTES = 20;

  private final PieceGeometry geometry;
  private final Progress progress;
  private final MessageDigest sha1 = Sha1.digest();
  private final ByteBuffer hashes;
  private final ByteBuffer buffer = ByteBuffer.allocate(256 * 1024);
  private long doneBytes;
  private int pieceLeft;

  PieceHasher(int pieceBytes, long totalBytes, Progress progress) {
    this.geometry = new PieceGeometry(totalBytes, pieceBytes);
    this.progress = progress;
    this.hashes = ByteBuffer.allocate(geometry.pieces() * HASH_BYTES);
    this.pieceLeft = geometry.bytesOf(0);
  }

  /** The hashes of all pieces, 20 bytes each. */
  byte[] hash(List<SourceFile> files) throws IOException, InterruptedException {
    for (SourceFile file : files) {
      hash(file);
    }
    assert !hashes.hasRemaining();
    return hashes.array();
  }

  private void hash(SourceFile file) throws IOException, InterruptedException {
    try (FileChannel channel = FileChannel.open(file.location(), StandardOpenOption.READ)) {
      long left = file.length();
      while (left > 0) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), left));
        int read = channel.read(buffer);
        if (read < 0) {
          throw changed(file.location());
        }
        left -= read;
        update(buffer.flip());
      }
      if (channel.size() != file.length()) {
        throw changed(file.location());
      }
    } catch (ClosedByInterruptException e) {
      // The channel has set the flag again.
      Thread.interrupted();
      throw new InterruptedException("interrupted while hashing " + file.location());
    }
  }

  private void update(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      int take = Math.min(bytes.remaining(), pieceLeft);
      sha1.update(bytes.slice(bytes.position(), take));
      bytes.position(bytes.position() + take);
      pieceLeft -= take;
      doneBytes += take;
      if (pieceLeft == 0) {
        hashes.put(sha1.digest());
        pieceLeft = hashes.hasRemaining() ? geometry.bytesOf(hashes.position() / HASH_BYTES) : 0;
      }
    }
    progress.hashed(doneBytes, geometry.totalBytes());
  }

  private static IOException changed(Path file) {
    return new IOException("changed while it was read: " + file);
  }
}
