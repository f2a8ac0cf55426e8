package io.sluice.cache;

/**
 * What {@link PieceStore#register} said of a torrent; told apart from an earlier one by identity.
 */
final class SourceRegistration {

  final PieceSource source;
  final PieceStore.EvictionListener listener;

  SourceRegistration(PieceSource source, PieceStore.EvictionListener listener) {
    this.source = source;
    this.listener = listener;
  }
}
