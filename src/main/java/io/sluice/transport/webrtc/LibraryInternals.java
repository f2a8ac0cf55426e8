package io.sluice.transport.webrtc;

import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.internal.NativeObject;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Field;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import org.jboss.logging.Logger;

/**
 * What has to be known of the insides of webrtc-java 0.14.0 for 64-bit Linux to mend two faults of
 * it; see {@link NativeRelease} and {@link DirectObserver}.
 *
 * <p>A Java object of the library holds the address of a C++ object, whose first word is the
 * address of its virtual table (Itanium C++ ABI). The slots below are those of the interfaces of
 * the WebRTC branch that the library was built from. Any other version or platform is left alone:
 * then {@link #KNOWN} is empty, and that is logged once.
 */
final class LibraryInternals {

  private static final String KNOWN_VERSION = "0.14.0";

  private static final long WORD = Long.BYTES;

  /** {@code RefCountInterface}: AddRef, Release, two destructors. */
  private static final int RELEASE_SLOT = 1;

  /** {@code DataChannelInterface} goes on with RegisterObserver. */
  private static final int REGISTER_OBSERVER_SLOT = 4;

  /** Empty when this is not the version and the platform that are known. */
  static final Optional<LibraryInternals> KNOWN = recognise();

  private final Field handleField;
  private final MethodHandle release;
  private final MethodHandle registerObserver;

  private LibraryInternals(Field handleField) {
    this.handleField = handleField;
    Linker linker = Linker.nativeLinker();
    this.release =
        linker.downcallHandle(FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    this.registerObserver =
        linker.downcallHandle(FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
  }

  /** The C++ object behind a connection; 0 when it has been closed. */
  long handle(RTCPeerConnection connection) {
    return handleOf(connection);
  }

  /**
   * Gives up one reference to a reference-counted C++ object.
   *
   * @return whether it was the last one, so that the object is gone
   */
  boolean release(long handle) {
    MemorySegment object = MemorySegment.ofAddress(handle);
    try {
      return (int) release.invokeExact(method(object, RELEASE_SLOT), object) == 0;
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /**
   * Makes a C++ observer the one of a channel; waits for the library's network thread.
   *
   * @param observer must outlive its registration
   */
  void registerObserver(RTCDataChannel channel, MemorySegment observer) {
    MemorySegment object = MemorySegment.ofAddress(handleOf(channel));
    try {
      registerObserver.invokeExact(method(object, REGISTER_OBSERVER_SLOT), object, observer);
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private long handleOf(NativeObject object) {
    try {
      return handleField.getLong(object);
    } catch (IllegalAccessException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static MemorySegment method(MemorySegment object, int slot) {
    if (object.address() == 0) {
      throw new IllegalStateException("the native object is gone");
    }
    return object
        .reinterpret(WORD)
        .get(ValueLayout.ADDRESS, 0)
        .reinterpret((slot + 1) * WORD)
        .get(ValueLayout.ADDRESS, slot * WORD);
  }

  private static Optional<LibraryInternals> recognise() {
    Logger log = Logger.getLogger(LibraryInternals.class);
    String found = version() + " for " + platform();
    String known = KNOWN_VERSION + " for linux amd64";
    if (!found.equals(known)) {
      log.warnf(
          "webrtc-java is version %s and not %s: its memory leaks are not mended", found, known);
      return Optional.empty();
    }
    try {
      Field field = NativeObject.class.getDeclaredField("nativeHandle");
      field.setAccessible(true);
      return Optional.of(new LibraryInternals(field));
    } catch (ReflectiveOperationException | RuntimeException refused) {
      log.warnf("the memory leaks of webrtc-java are not mended: %s", refused);
      return Optional.empty();
    }
  }

  private static String platform() {
    return (System.getProperty("os.name") + " " + System.getProperty("os.arch"))
        .toLowerCase(Locale.ROOT);
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
