package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;

/** What it means that the demo's clip was played. */
final class Playback {

  private static final double CLIP_SECONDS = 24;

  private Playback() {}

  /** From a start, over a seek to 80 %, to the end, with picture and sound. */
  static void assertPlayed(JsonNode done) {
    assertThat(done.get("ended").asBoolean()).isTrue();
    assertThat(done.get("duration").asDouble()).isCloseTo(CLIP_SECONDS, within(0.2));
    assertThat(done.get("currentTime").asDouble()).isCloseTo(CLIP_SECONDS, within(0.2));
    assertThat(done.get("width").asInt()).isEqualTo(640);
    assertThat(done.get("frames").asInt()).isGreaterThan(50);
    assertThat(done.get("audioBytes").asLong()).isGreaterThan(10_000);
    System.out.printf(
        "Chromium: playing after %d ms, sought in %d ms, %d frames%n",
        done.get("playingMs").asLong(), done.get("seekMs").asLong(), done.get("frames").asInt());
  }
}
