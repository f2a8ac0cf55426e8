package io.sluice.tracker;

/**
 * The tracker at one moment.
 *
 * @param torrents torrents that have a peer
 * @param socketPeers peers that are reached by offers and answers, counted once for each torrent
 * @param addressPeers peers that are dialled, counted once for each torrent
 * @param complete peers that have all of a torrent
 * @param incomplete the other peers
 * @param sockets WebSockets that are open
 * @param announces since the start, as are all that follow
 * @param scrapes over HTTP and UDP
 * @param offers passed on
 * @param answers passed on
 * @param refused announces that got a failure reason
 * @param limited requests over HTTP and UDP that came too often from one address
 * @param malformed messages that could not be read
 * @param socketsRefused WebSockets that were refused for want of room
 * @param socketsDropped WebSockets that were closed because they did not answer, did not read or
 *     sent what nobody can read
 */
public record TrackerStats(
    int torrents,
    int socketPeers,
    int addressPeers,
    int complete,
    int incomplete,
    int sockets,
    long announces,
    long scrapes,
    long offers,
    long answers,
    long refused,
    long limited,
    long malformed,
    long socketsRefused,
    long socketsDropped) {}
