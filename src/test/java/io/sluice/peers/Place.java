package io.sluice.peers;

import java.util.List;

/** Where a process of a test runs: on this machine as it is, or in a network of its own. */
public interface Place {

  /** This machine with its own network. */
  Place HOST = command -> command;

  /** The command that runs the given one there, under the same process id. */
  List<String> within(List<String> command);
}
