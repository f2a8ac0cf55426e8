/**
 * Floor 1: what a torrent says.
 *
 * <p>Its files, its hashes, where every byte lies ({@link io.sluice.metainfo.PieceGeometry} holds
 * all offset arithmetic of the program), magnet links, and torrents built from files. Names come
 * from strangers: {@link io.sluice.metainfo.TorrentFile} carries them raw for URLs and made safe
 * for people.
 */
@NullMarked
package io.sluice.metainfo;

import org.jspecify.annotations.NullMarked;
