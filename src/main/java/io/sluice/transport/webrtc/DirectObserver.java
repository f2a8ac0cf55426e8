package io.sluice.transport.webrtc;

import dev.onvoid.webrtc.RTCDataChannel;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Observes a data channel beside the library's own bridge, which leaks for every message that comes
 * in: two JNI local references on a native thread that never returns to Java, and the objects
 * behind them, some 100 bytes of heap. A peer could fill the heap with empty messages.
 *
 * <p>This is a C++ object made by hand: one word for its virtual table, whose entries lead to the
 * methods below, and one for a number by which it is known here. The layouts are
 *
 * <pre>
 * DataChannelObserver  table of: OnStateChange, OnMessage, OnBufferedAmountChange,
 *                      IsOkToCallOnTheNetworkThread, two destructors
 * DataBuffer           shared buffer 8 | offset 8 | size 8 | binary 1
 * shared buffer        size 8 | capacity 8 | data 8 | ...
 * </pre>
 *
 * <p>Its calls come straight from the library's network thread, one thread less on the way than
 * with the bridge.
 */
final class DirectObserver {

  private static final Map<Long, ChannelObserver.Target> TARGETS = new ConcurrentHashMap<>();
  private static final AtomicLong NUMBERS = new AtomicLong();

  private static final long NUMBER_OFFSET = 8;
  private static final long OBSERVER_BYTES = 16;
  private static final long DATA_BUFFER_BYTES = 25;
  private static final long SHARED_BUFFER_BYTES = 24;
  private static final long DATA_OFFSET = 16;

  private static final MemorySegment TABLE = table();

  private final long number = NUMBERS.incrementAndGet();
  // Freed by the collector once nobody holds this observer, hence after it is unregistered.
  private final MemorySegment object = Arena.ofAuto().allocate(OBSERVER_BYTES, Long.BYTES);

  /** Observes a channel from now on, what it has queued already included. */
  DirectObserver(
      LibraryInternals internals, RTCDataChannel channel, ChannelObserver.Target target) {
    object.set(ValueLayout.ADDRESS, 0, TABLE);
    object.set(ValueLayout.JAVA_LONG, NUMBER_OFFSET, number);
    TARGETS.put(number, target);
    internals.registerObserver(channel, object);
  }

  /** Lets go of the target; after the channel has unregistered its observer. */
  void forget() {
    TARGETS.remove(number);
  }

  private static MemorySegment table() {
    MemorySegment[] methods = {
      stub("stateChanged", MethodType.methodType(void.class, MemorySegment.class)),
      stub("message", MethodType.methodType(void.class, MemorySegment.class, MemorySegment.class)),
      stub(
          "bufferedAmountChanged",
          MethodType.methodType(void.class, MemorySegment.class, long.class)),
      stub("okOnNetworkThread", MethodType.methodType(boolean.class, MemorySegment.class)),
      stub("destroyed", MethodType.methodType(void.class, MemorySegment.class)),
      stub("destroyed", MethodType.methodType(void.class, MemorySegment.class))
    };
    MemorySegment table = Arena.global().allocate(ValueLayout.ADDRESS, methods.length);
    for (int slot = 0; slot < methods.length; slot++) {
      table.setAtIndex(ValueLayout.ADDRESS, slot, methods[slot]);
    }
    return table;
  }

  private static MemorySegment stub(String name, MethodType type) {
    MemoryLayout[] parameters =
        type.parameterList().stream().map(DirectObserver::layout).toArray(MemoryLayout[]::new);
    FunctionDescriptor descriptor =
        type.returnType() == void.class
            ? FunctionDescriptor.ofVoid(parameters)
            : FunctionDescriptor.of(layout(type.returnType()), parameters);
    try {
      return Linker.nativeLinker()
          .upcallStub(
              MethodHandles.lookup().findStatic(DirectObserver.class, name, type),
              descriptor,
              Arena.global());
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static MemoryLayout layout(Class<?> type) {
    if (type == boolean.class) {
      return ValueLayout.JAVA_BOOLEAN;
    }
    return type == long.class ? ValueLayout.JAVA_LONG : ValueLayout.ADDRESS;
  }

  // ---- what native code calls: nothing may be thrown, or the process ends ----------------------

  static void stateChanged(MemorySegment self) {
    try {
      ChannelObserver.Target target = target(self);
      if (target != null) {
        target.channelStateChanged();
      }
    } catch (Throwable fault) {
      NativeBorder.report(fault);
    }
  }

  static void message(MemorySegment self, MemorySegment message) {
    try {
      ChannelObserver.Target target = target(self);
      if (target != null) {
        MemorySegment fields = message.reinterpret(DATA_BUFFER_BYTES);
        target.channelMessage(bytes(fields), fields.get(ValueLayout.JAVA_BYTE, 24) != 0);
      }
    } catch (Throwable fault) {
      NativeBorder.report(fault);
    }
  }

  private static ByteBuffer bytes(MemorySegment fields) {
    MemorySegment shared = fields.get(ValueLayout.ADDRESS, 0);
    long offset = fields.get(ValueLayout.JAVA_LONG, 8);
    long size = fields.get(ValueLayout.JAVA_LONG, 16);
    if (size == 0 || shared.address() == 0) {
      return ByteBuffer.allocate(0);
    }
    MemorySegment data =
        shared.reinterpret(SHARED_BUFFER_BYTES).get(ValueLayout.ADDRESS, DATA_OFFSET);
    return data.reinterpret(offset + size).asSlice(offset).asByteBuffer();
  }

  static void bufferedAmountChanged(MemorySegment self, long sentBytes) {
    // SendLoop asks instead: once a millisecond at most, where this comes once per message.
  }

  static boolean okOnNetworkThread(MemorySegment self) {
    return true;
  }

  static void destroyed(MemorySegment self) {
    // The library does not own it and never calls this.
  }

  private static ChannelObserver.@Nullable Target target(MemorySegment self) {
    return TARGETS.get(self.reinterpret(OBSERVER_BYTES).get(ValueLayout.JAVA_LONG, NUMBER_OFFSET));
  }
}
