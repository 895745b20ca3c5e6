// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.TensorFlow;
import org.tensorflow.internal.c_api.Deallocator_Pointer_long_Pointer;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;

/**
 * Keeps messages from the terminal that TensorFlow prints once in every process that computes and
 * that concern no user: that its log is not set up, and that an optimization is off.
 *
 * <p>No setting silences these lines (TF_CPP_MIN_LOG_LEVEL governs another of its two logs), and
 * they are written to descriptor 2, past {@code System.err}. So the first computation of the
 * process is one of ours, of a constant, with that descriptor redirected to the null device
 * meanwhile. All later lines, that of a failed check in native code too, are printed.
 */
final class NativeLog {
  private static final int STDERR = 2;

  /**
   * The number under which the descriptor is kept meanwhile: far above those that a JVM has open by
   * then.
   */
  private static final int KEPT = 1000;

  private static final Path KEPT_LINK = Path.of("/proc/self/fd/" + KEPT);
  private static final Path NOWHERE = Path.of("/dev/null");

  private static boolean done;

  private NativeLog() {}

  /**
   * Runs the first computation of the process. A thread that writes to standard error meanwhile
   * must hold this class's lock.
   *
   * @param configuration of the sessions that follow: the threads of the first are those of all
   */
  static synchronized void getOver(ConfigProto configuration) {
    if (done || !System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux")) {
      return;
    }
    done = true;
    TensorFlow.version(); // loads the library, whose errors are worth reading
    Pointer dup2 = Loader.addressof("dup2");
    Pointer close = Loader.addressof("close");
    if (dup2 == null || close == null) {
      return;
    }
    System.err.flush();
    try (FileOutputStream nowhere = new FileOutputStream(NOWHERE.toFile());
        Graph graph = new Graph();
        Session session = new Session(graph, configuration)) {
      int descriptor = descriptorOf(NOWHERE);
      if (!nowhere.getFD().valid() || descriptor < 0 || Files.isSymbolicLink(KEPT_LINK)) {
        return;
      }
      call(dup2, new At(STDERR), KEPT);
      if (!Files.isSymbolicLink(KEPT_LINK)) {
        return; // fewer descriptors are allowed: better the lines than no standard error
      }
      call(dup2, new At(descriptor), STDERR);
      try {
        session.runner().fetch(Ops.create(graph).constant(1f)).run().close();
      } finally {
        call(dup2, new At(KEPT), STDERR);
        call(close, new At(KEPT), 0);
      }
    } catch (IOException e) {
      // no such device, or no /proc: the lines are shown
    }
  }

  /** Runs code at a time when standard error is not redirected. */
  static synchronized void whenOver(Runnable writing) {
    writing.run();
  }

  /** A descriptor of this process beyond the three of every process; -1 if the file is not open. */
  private static int descriptorOf(Path file) throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      for (Path link : open.toList()) {
        int number = Integer.parseInt(link.getFileName().toString());
        // a link may be gone by now, that of the listing itself is
        if (number > STDERR
            && Files.isSymbolicLink(link)
            && Files.readSymbolicLink(link).equals(file)) {
          return number;
        }
      }
    }
    return -1;
  }

  /**
   * Calls a function of the C library by its address. JavaCPP calls a function that is passed as
   * this type; the arguments fit functions that take numbers and pointers.
   */
  private static void call(Pointer function, Pointer first, long second) {
    try (LongPointer held = new LongPointer(2).put(0, function.address()).put(1, 0);
        Deallocator_Pointer_long_Pointer callable =
            new Deallocator_Pointer_long_Pointer(new Pointer(held))) {
      callable.call(first, second, new At(0)); // these functions take two
    }
  }

  /** A number in place of a pointer. */
  private static final class At extends Pointer {
    At(long number) {
      super();
      address = number;
    }
  }
}
