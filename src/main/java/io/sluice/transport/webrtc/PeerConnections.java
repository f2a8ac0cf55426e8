package io.sluice.transport.webrtc;

import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.PortAllocatorConfig;
import dev.onvoid.webrtc.RTCConfiguration;
import dev.onvoid.webrtc.RTCIceServer;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.media.audio.HeadlessAudioDeviceModule;

/**
 * The library's factory with its three native threads, and how its connections are configured.
 *
 * <p>Confined to the control thread. No audio device is touched.
 */
final class PeerConnections {

  private static final int FLAGS =
      PortAllocatorConfig.PORTALLOCATOR_DISABLE_TCP
          | PortAllocatorConfig.PORTALLOCATOR_ENABLE_IPV6
          | PortAllocatorConfig.PORTALLOCATOR_ENABLE_IPV6_ON_WIFI
          | PortAllocatorConfig.PORTALLOCATOR_ENABLE_SHARED_SOCKET;

  private final WebrtcSettings settings;
  private final HeadlessAudioDeviceModule audio = new HeadlessAudioDeviceModule();
  private final PeerConnectionFactory factory = new PeerConnectionFactory(audio);

  PeerConnections(WebrtcSettings settings) {
    this.settings = settings;
  }

  RTCPeerConnection create(PeerObserver observer) {
    RTCPeerConnection connection = factory.createPeerConnection(configuration(), observer);
    if (connection == null) {
      throw new WebrtcRefusal("the library made no connection");
    }
    return connection;
  }

  private RTCConfiguration configuration() {
    RTCConfiguration configuration = new RTCConfiguration();
    for (WebrtcSettings.IceServer server : settings.iceServers()) {
      RTCIceServer ice = new RTCIceServer();
      ice.urls.add(server.url());
      server.username().ifPresent(name -> ice.username = name);
      server.password().ifPresent(word -> ice.password = word);
      configuration.iceServers.add(ice);
    }
    int first = settings.ports().map(WebrtcSettings.PortRange::first).orElse(0);
    int last = settings.ports().map(WebrtcSettings.PortRange::last).orElse(0);
    configuration.portAllocatorConfig = new PortAllocatorConfig(first, last, FLAGS);
    return configuration;
  }

  /** Ends the native threads; every connection must be closed before. */
  void dispose() {
    factory.dispose();
    audio.dispose();
  }
}
