package io.sluice.transport.webrtc;

import dev.onvoid.webrtc.RTCPeerConnection;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Field;
import java.util.Properties;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Cures a leak of webrtc-java 0.14.0: {@code RTCPeerConnection.close()} drops its handle without
 * releasing the reference that the handle stands for, about 70 KB a connection.
 *
 * <p>The handle points to a C++ object whose virtual table begins with {@code AddRef} and {@code
 * Release} (Itanium C++ ABI, declaration order of {@code RefCountInterface}), so the missing call
 * is made here. Since that is knowledge about one version, any other version is left alone.
 */
final class NativeRelease {

  private static final Logger LOG = Logger.getLogger(NativeRelease.class);

  private static final String CURED_VERSION = "0.14.0";
  private static final int RELEASE_SLOT = 1;

  private static final @Nullable NativeRelease CURE = prepare();

  private final Field handleField;
  private final MethodHandle call;

  private NativeRelease(Field handleField, MethodHandle call) {
    this.handleField = handleField;
    this.call = call;
  }

  /** Closes a connection for good; not on a native callback's thread. */
  static void close(RTCPeerConnection connection) {
    long handle = CURE == null ? 0 : CURE.handle(connection);
    connection.close();
    if (CURE != null && handle != 0) {
      CURE.release(handle);
    }
  }

  /** Whether the library's version is the one that is cured here. */
  static boolean active() {
    return CURE != null;
  }

  private long handle(RTCPeerConnection connection) {
    try {
      return handleField.getLong(connection);
    } catch (IllegalAccessException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private void release(long handle) {
    long word = ValueLayout.ADDRESS.byteSize();
    MemorySegment object = MemorySegment.ofAddress(handle).reinterpret(word);
    MemorySegment table = object.get(ValueLayout.ADDRESS, 0).reinterpret((RELEASE_SLOT + 1) * word);
    MemorySegment release = table.get(ValueLayout.ADDRESS, RELEASE_SLOT * word);
    try {
      int status = (int) call.invokeExact(release, object);
      LOG.tracef("released a peer connection: %d", (Integer) status);
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static @Nullable NativeRelease prepare() {
    String version = version();
    if (!version.equals(CURED_VERSION) || ValueLayout.ADDRESS.byteSize() != Long.BYTES) {
      LOG.warnf(
          "webrtc-java is version %s and not %s: closed connections may leak memory",
          version, CURED_VERSION);
      return null;
    }
    try {
      Field field = RTCPeerConnection.class.getSuperclass().getDeclaredField("nativeHandle");
      field.setAccessible(true);
      MethodHandle call =
          Linker.nativeLinker()
              .downcallHandle(FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
      return new NativeRelease(field, call);
    } catch (ReflectiveOperationException | RuntimeException refused) {
      LOG.warnf("closed WebRTC connections leak memory: %s", refused);
      return null;
    }
  }

  private static String version() {
    String path = "/META-INF/maven/dev.onvoid.webrtc/webrtc-java/pom.properties";
    try (InputStream in = RTCPeerConnection.class.getResourceAsStream(path)) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      return properties.getProperty("version", "unknown");
    } catch (IOException unreadable) {
      return "unknown";
    }
  }
}
