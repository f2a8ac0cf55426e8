package io.sluice.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A bencoded dictionary, its entries in the order of the bytes it came from.
 *
 * <p>That order is the canonical one unless the decoder was lenient; when a key comes twice, the
 * first counts. A typed look-up finds nothing where the value has another type: strangers'
 * dictionaries are read for what is usable in them.
 */
public final class BDictionary implements BValue {

  private final BString[] keys;
  private final BValue[] values;
  private final byte @Nullable [] source;
  private final int from;
  private final int to;

  /** Keeps the array: for the decoder, whose array nobody else can reach. */
  BDictionary(List<BString> keys, List<BValue> values, byte @Nullable [] source, int from, int to) {
    this.keys = keys.toArray(new BString[0]);
    this.values = values.toArray(new BValue[0]);
    this.source = source;
    this.from = from;
    this.to = to;
  }

  /** A dictionary in canonical order; keys are written in UTF-8. */
  public static BDictionary of(Map<String, ? extends BValue> entries) {
    SortedMap<BString, BValue> sorted = new TreeMap<>();
    entries.forEach((key, value) -> sorted.put(BString.of(key), value));
    return new BDictionary(
        new ArrayList<>(sorted.keySet()), new ArrayList<>(sorted.values()), null, 0, 0);
  }

  public int size() {
    return keys.length;
  }

  public Optional<BValue> get(String key) {
    BString wanted = BString.of(key);
    for (int i = 0; i < keys.length; i++) {
      if (keys[i].equals(wanted)) {
        return Optional.of(values[i]);
      }
    }
    return Optional.empty();
  }

  public Optional<BString> string(String key) {
    return get(key).filter(BString.class::isInstance).map(BString.class::cast);
  }

  public OptionalLong integer(String key) {
    return get(key).orElse(null) instanceof BInteger(long value)
        ? OptionalLong.of(value)
        : OptionalLong.empty();
  }

  public Optional<BList> list(String key) {
    return get(key).filter(BList.class::isInstance).map(BList.class::cast);
  }

  public Optional<BDictionary> dictionary(String key) {
    return get(key).filter(BDictionary.class::isInstance).map(BDictionary.class::cast);
  }

  /** Visits all entries in order, those that come twice included. */
  public void forEach(BiConsumer<? super BString, ? super BValue> visitor) {
    for (int i = 0; i < keys.length; i++) {
      visitor.accept(keys[i], values[i]);
    }
  }

  /**
   * The very bytes that this was decoded from, read-only, or the canonical encoding of one that was
   * made here. An infohash is the hash of these (BEP 3).
   */
  public ByteBuffer encoded() {
    return source == null
        ? ByteBuffer.wrap(Bencode.encode(this)).asReadOnlyBuffer()
        : ByteBuffer.wrap(source, from, to - from).slice().asReadOnlyBuffer();
  }

  /** Same keys and values in the same order, wherever they came from. */
  @Override
  public boolean equals(Object other) {
    return other instanceof BDictionary that
        && Arrays.equals(keys, that.keys)
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(keys) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "dictionary of " + keys.length;
  }
}
