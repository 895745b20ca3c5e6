// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.hypernet4j.export.verify.Verifier;

/**
 * One thing that is wrong with an exported model.
 *
 * @param kind what sort of thing
 * @param message where and what, in one line
 */
public record Fault(Kind kind, String message) {
  private static final int SHOWN = 3;

  /** The kinds of faults that {@link Verifier} distinguishes. */
  public enum Kind {
    /** A file of the model is not there; without {@code variables.index} nothing is restored. */
    MISSING_FILE,
    /** A file is there, but not the bytes that were exported. */
    CHANGED_FILE,
    /** A file is there that the manifest does not name. */
    UNLISTED_FILE,
    /** A file cannot be read in its format. */
    UNREADABLE_FILE,
    /** No graph with the tag {@code serve}. */
    TAG,
    /** The nodes that restore the variables are missing or not where loaders look for them. */
    SAVER,
    /** A signature is missing, or its method, tensors or shapes are not what servers accept. */
    SIGNATURE,
    /** An output needs a placeholder that is not an input of its signature. */
    FOREIGN_PLACEHOLDER,
    /** An operation that runs after loading overwrites the trained weights. */
    ASSIGNING_INIT_OP,
    /** The optimizer is in the graph that is served. */
    TRAINING_OP,
    /** The manifest contradicts the graph, the checkpoint or the files. */
    MANIFEST,
    /** A variable is not in the checkpoint, not restored, hidden from Python, or has changed. */
    VARIABLE,
    /** TensorFlow refuses to load or to run the model. */
    LOAD,
    /**
     * The warm-up file cannot be read, or a request in it fails: then a server refuses the model.
     */
    WARM_UP,
    /** Loading or calling the model could do more than compute; it was not loaded. */
    UNSAFE_OP,
    /** NaN or infinity in a variable or an output. */
    NOT_FINITE,
    /** The recorded cases are missing or do not fit the model. */
    REFERENCE,
    /** An output is further from the recorded one than the tolerance allows. */
    DIFFERENCE,
    /** The verifying process crashed, hung, or returned nothing. */
    PROCESS;

    /** The name in JSON and on screen, {@code missing-file}. */
    public String id() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Kind ofId(String id) {
      return valueOf(id.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
  }

  /** The first few of several faults in one line. */
  public static String summary(List<Fault> faults) {
    String text =
        faults.stream().limit(SHOWN).map(Fault::toString).collect(Collectors.joining("; "));
    int more = faults.size() - SHOWN;
    return more > 0 ? text + "; and " + more + " more" : text;
  }

  /** The first few of several names. */
  public static String names(Collection<String> names) {
    int more = names.size() - SHOWN;
    String text =
        names.stream().limit(SHOWN).map(name -> "'" + name + "'").collect(Collectors.joining(", "));
    return more > 0 ? text + " and " + more + " more" : text;
  }

  @Override
  public String toString() {
    return kind.id() + ": " + message;
  }
}
