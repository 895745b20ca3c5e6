// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ModelTrust;
import org.hypernet4j.export.VerificationReport;

/**
 * The main class of a JVM that verifies one model: {@code VerifyMain DIR}.
 *
 * <p>Prints one line of JSON on standard output, {@link VerificationReport#toJson()} or an object
 * with {@code error}. With {@value #CHILD} before the folder there may be a line before it, of what
 * was found before TensorFlow got the model. Exit code 0: verified; 1: the model has faults; 2:
 * there is no model.
 */
public final class VerifyMain {
  static final int VERIFIED = 0;
  static final int FAULTS = 1;
  static final int NO_MODEL = 2;

  /** Ends the process when standard input ends, that is, when the parent is gone. */
  static final String CHILD = "--child";

  private static final String ALLOW = "--allow-op";
  private static final String TRUST = "--trust";

  private VerifyMain() {}

  /** Verifies the model in the folder that is the last argument. */
  public static void main(String[] args) {
    if (args.length > 1 && args[0].equals(CHILD)) {
      endWithParent();
    }
    System.exit(run(args, System.out));
  }

  static int run(String[] args, PrintStream out) {
    if (args.length == 0) {
      return error(out, "usage: VerifyMain DIR");
    }
    try {
      // TensorFlow may crash this process: findings so far must not be lost
      Consumer<VerificationReport> beforeLoading =
          args[0].equals(CHILD)
              ? report -> {
                out.println(report.toJson());
                out.flush();
              }
              : report -> {};
      VerificationReport report =
          Verifier.verify(Path.of(args[args.length - 1]), trust(args), beforeLoading);
      out.println(report.toJson());
      return report.verified() ? VERIFIED : FAULTS;
    } catch (UserError e) {
      return error(out, String.valueOf(e.getMessage()));
    } finally {
      out.flush();
    }
  }

  /** The arguments that {@link #trust} reads. */
  static List<String> arguments(ModelTrust trust) {
    List<String> arguments = new ArrayList<>();
    trust.ops().forEach(op -> arguments.addAll(List.of(ALLOW, op)));
    if (trust.everything()) {
      arguments.add(TRUST);
    }
    return arguments;
  }

  private static ModelTrust trust(String... args) {
    Set<String> ops = new TreeSet<>();
    boolean everything = false;
    for (int i = 0; i < args.length - 1; i++) {
      everything |= args[i].equals(TRUST);
      if (args[i].equals(ALLOW)) {
        ops.add(args[++i]);
      }
    }
    return new ModelTrust(everything, ops);
  }

  private static int error(PrintStream out, String message) {
    JsonObject json = new JsonObject();
    json.addProperty("error", message);
    out.println(json);
    return NO_MODEL;
  }

  private static void endWithParent() {
    Thread watch =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // nothing is ever sent: the end of the stream is the message
                }
              } catch (IOException e) {
                // a broken pipe means the same
              }
              Runtime.getRuntime().halt(NO_MODEL);
            },
            "parent-watch");
    watch.setDaemon(true);
    watch.start();
  }
}
