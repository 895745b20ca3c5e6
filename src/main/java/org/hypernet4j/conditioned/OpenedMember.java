// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned;

import java.util.Map;
import java.util.Objects;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.run.InferenceSession;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.spec.ExperimentSpec;

/**
 * A trained model in a session without training.
 *
 * @param spec its specification
 * @param folder of the run that trained it
 * @param session its parameters and {@link Functions}
 */
public record OpenedMember(
    ExperimentSpec spec, RunFolder folder, InferenceSession<Functions> session) {
  /** Calls a function, see {@link Functions#call}. */
  public Map<String, NpyArray> call(String key, Map<String, NpyArray> inputs) {
    return session.model().call(session.session(), key, inputs);
  }

  /** One output of a function, row-major. */
  public float[] call(String key, Map<String, NpyArray> inputs, String output) {
    return Objects.requireNonNull(call(key, inputs).get(output), output).floats();
  }

  /** Calls a function that is served, as a case that an exported model must reproduce. */
  public ReferenceCase reference(String key, Map<String, NpyArray> inputs) {
    ServingSignature signature = session.model().get(key);
    return ReferenceCase.record(session.session(), signature, inputs);
  }
}
