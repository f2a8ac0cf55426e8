package io.sluice.wire;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The dictionary of an extended handshake (BEP 10); a later one adds to an earlier one.
 *
 * @param ids the ids that the sender wants to be written to, by extension name, 1..255; 0 switches
 *     an extension off
 * @param metadataBytes length of the info dictionary (BEP 9), when the sender knows it
 * @param port the sender's TCP port
 * @param client what the sender calls itself
 * @param requestQueue how many requests the sender accepts at a time
 */
public record ExtendedHandshake(
    Map<String, Integer> ids,
    OptionalInt metadataBytes,
    OptionalInt port,
    Optional<String> client,
    OptionalInt requestQueue) {

  public static final String UT_METADATA = "ut_metadata";
  public static final String LT_DONTHAVE = "lt_donthave";
  public static final String UT_PEX = "ut_pex";

  public ExtendedHandshake {
    ids = Map.copyOf(ids);
    for (int id : ids.values()) {
      if (id < 0 || id > 0xFF) {
        throw new WireException("extension id out of bounds: " + id);
      }
    }
  }
}
