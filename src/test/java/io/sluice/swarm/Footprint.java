package io.sluice.swarm;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How many things an object of ours holds on to, its tables and all that is in them: what grows
 * when something is never forgotten.
 */
final class Footprint {

  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<Object> open = new ArrayDeque<>();
  private long things;

  private Footprint() {}

  static long of(Object root) {
    Footprint footprint = new Footprint();
    footprint.meet(root);
    while (!footprint.open.isEmpty()) {
      footprint.look(footprint.open.remove());
    }
    return footprint.things;
  }

  private void meet(@Nullable Object thing) {
    if (thing != null && seen.add(thing)) {
      things++;
      open.add(thing);
    }
  }

  private void look(Object thing) {
    switch (thing) {
      case Map<?, ?> map -> {
        map.keySet().forEach(this::meet);
        map.values().forEach(this::meet);
      }
      case Collection<?> all -> all.forEach(this::meet);
      case Optional<?> maybe -> maybe.ifPresent(this::meet);
      case BitSet bits -> things += bits.size() / Long.SIZE;
      case Object[] array -> {
        for (Object each : array) {
          meet(each);
        }
      }
      default -> lookInto(thing);
    }
  }

  private void lookInto(Object thing) {
    if (thing.getClass().isArray()) {
      things += Array.getLength(thing) / Long.BYTES;
      return;
    }
    for (Class<?> type = thing.getClass();
        type != null && type.getName().startsWith("io.sluice.") && !type.isHidden();
        type = type.getSuperclass()) {
      Field[] fields = type.getDeclaredFields();
      AccessibleObject.setAccessible(fields, true);
      for (Field field : fields) {
        if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
          meet(value(field, thing));
        }
      }
    }
  }

  private static @Nullable Object value(Field field, Object of) {
    try {
      return field.get(of);
    } catch (IllegalAccessException closed) {
      throw new AssertionError(closed);
    }
  }
}
