package io.sluice.transport.webrtc;

/**
 * What the transport has done and does, for metrics.
 *
 * @param connecting connections that are being made now, after both descriptions are known
 * @param open links that have shaken hands and are up now
 * @param pendingOffers offers handed out that may be answered now
 * @param spareOffers offers gathered ahead now, those still gathering included
 * @param gathered offers and answers made, ever
 * @param linked links that have shaken hands, ever
 * @param failed connections that were begun and came to no handshake, ever; offers that nobody
 *     answered are not among them
 * @param refused offers of others, and answers, that were turned down, ever
 * @param leaked closed connections whose native memory is not known to be freed, ever; 0 as long as
 *     the library is the version that {@link NativeRelease} knows
 */
public record WebrtcCounters(
    int connecting,
    int open,
    int pendingOffers,
    int spareOffers,
    long gathered,
    long linked,
    long failed,
    long refused,
    long leaked) {}
