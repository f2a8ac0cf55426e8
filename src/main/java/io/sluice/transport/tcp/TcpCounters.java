package io.sluice.transport.tcp;

/**
 * What the transport has done and does, for metrics.
 *
 * @param shaking connections that are shaking hands now, both ways
 * @param open links that have shaken hands and are up now
 * @param dialling dials that wait or are under way now
 * @param linkedInbound links that a peer dialled, ever
 * @param linkedOutbound links that we dialled, ever
 * @param refused inbound connections closed unread because of a limit or a ban, ever
 * @param failedInbound inbound connections that came to no handshake, ever
 * @param failedOutbound dials that came to no handshake, ever
 */
public record TcpCounters(
    int shaking,
    int open,
    int dialling,
    long linkedInbound,
    long linkedOutbound,
    long refused,
    long failedInbound,
    long failedOutbound) {}
