package io.sluice.transport.webrtc;

import java.lang.management.ManagementFactory;
import javax.management.ObjectName;

/** What lives on the heap after a collection. */
final class Heap {

  private Heap() {}

  /** How many instances of a class there are. */
  static long instances(String className) throws Exception {
    String histogram =
        (String)
            ManagementFactory.getPlatformMBeanServer()
                .invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                    "gcClassHistogram",
                    new Object[] {new String[0]},
                    new String[] {String[].class.getName()});
    return histogram
        .lines()
        .map(line -> line.strip().split("\\s+"))
        // number: instances bytes class (module)
        .filter(columns -> columns.length >= 4 && columns[3].equals(className))
        .mapToLong(columns -> Long.parseLong(columns[1]))
        .sum();
  }
}
