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
 */
public record WebrtcCounters(
    int connecting,
    int open,
    int pendingOffers,
    int spareOffers,
    long gathered,
    long linked,
    long failed,
    long refused) {}
