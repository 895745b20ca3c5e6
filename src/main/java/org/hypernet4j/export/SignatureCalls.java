package org.hypernet4j.export;

import java.util.Collection;
import java.util.Map;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/** Calls the signatures of a loaded model by alias, as a server does. */
final class SignatureCalls {
  private final Session session;

  SignatureCalls(Session session) {
    this.session = session;
  }

  /** TensorFlow accepts some feeds whose shape contradicts the placeholder, so Java looks first. */
  static boolean accepts(TensorInfo info, DataType type, long[] shape) {
    TensorShapeProto declared = info.getTensorShape();
    boolean accepts =
        info.getDtype() == type
            && (declared.getUnknownRank() || declared.getDimCount() == shape.length);
    for (int i = 0; accepts && i < declared.getDimCount(); i++) {
      long size = declared.getDim(i).getSize();
      accepts = size == -1 || size == shape[i];
    }
    return accepts;
  }

  /**
   * Runs a signature.
   *
   * @param inputs by alias; {@link #accepts accepted} ones
   * @param outputs aliases
   * @return the outputs in the order of the aliases; the caller closes it
   */
  Result call(SignatureDef signature, Map<String, Tensor> inputs, Collection<String> outputs) {
    Session.Runner runner = session.runner();
    inputs.forEach(
        (alias, tensor) -> runner.feed(signature.getInputsOrThrow(alias).getName(), tensor));
    outputs.forEach(alias -> runner.fetch(signature.getOutputsOrThrow(alias).getName()));
    return runner.run();
  }
}
