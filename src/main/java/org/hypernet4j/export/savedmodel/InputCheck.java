// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.savedmodel;

import java.util.Collection;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.TensorArrays;
import org.hypernet4j.graph.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Holds the inputs of a call against the signature. TensorFlow accepts some feeds whose shape
 * contradicts the placeholder and then ends the process, so Java looks first.
 */
public final class InputCheck {
  // oneDNN's pooling and convolution end the process when there is nothing to compute
  private static final Pattern SPATIAL =
      Pattern.compile(".*(Conv[123]?[dD]|Conv2d|Pool|FusedBatchNorm|LRN).*");

  private final boolean rowsAgree;
  private final boolean needsElements;

  private InputCheck(boolean rowsAgree, boolean needsElements) {
    this.rowsAgree = rowsAgree;
    this.needsElements = needsElements;
  }

  /**
   * The check for a model.
   *
   * @param ours whether this library wrote it: then axis 0 of every input is the batch
   */
  public static InputCheck of(MetaGraphDef model, boolean ours) {
    boolean spatial =
        model.getGraphDef().getNodeList().stream().anyMatch(node -> isSpatial(node.getOp()))
            || model.getGraphDef().getLibrary().getFunctionList().stream()
                .flatMap(function -> function.getNodeDefList().stream())
                .anyMatch(node -> isSpatial(node.getOp()));
    return new InputCheck(ours, spatial);
  }

  private static boolean isSpatial(String op) {
    return SPATIAL.matcher(op).matches();
  }

  /** Facts about an input from both the signature and the graph. */
  public static TensorInfo narrowed(TensorInfo info, Operand<?> operand) {
    Shape known = operand.shape();
    TensorShapeProto declared = info.getTensorShape();
    if (known.isUnknown()) {
      return info;
    }
    TensorShapeProto.Builder both = ModelGraph.shape(known).toBuilder();
    // where the two contradict each other the graph is what runs
    if (!declared.getUnknownRank() && declared.getDimCount() == both.getDimCount()) {
      for (int i = 0; i < both.getDimCount(); i++) {
        if (both.getDim(i).getSize() < 0) {
          both.setDim(i, declared.getDim(i));
        }
      }
    }
    return info.toBuilder().setTensorShape(both).build();
  }

  /** All inputs are there, and no others: a signature has no optional ones. */
  public static void requireNames(
      String where, Collection<String> declared, Collection<String> given) {
    if (!given.containsAll(declared) || !declared.containsAll(given)) {
      throw UserError.in(where)
          .what("its inputs are others")
          .expected(new TreeSet<>(declared))
          .received(new TreeSet<>(given))
          .build();
    }
  }

  /** Type and shape of one input. */
  public void require(String where, String alias, TensorInfo info, DataType type, long... shape) {
    if (!SignatureTensors.accepts(info, type, shape)) {
      throw UserError.in(where)
          .what("the input '" + alias + "' has another type or shape")
          .expected(describe(info.getDtype(), info.getTensorShape()))
          .received(TensorArrays.name(type.name()) + " " + Shapes.describe(shape))
          .next(
              info.getDtype() == DataType.DT_STRING && type != DataType.DT_STRING
                  ? "feed texts as a TString tensor by LoadedModel.session()"
                  : "give an array that fits")
          .build();
    }
    long elements = 1;
    boolean empty = false;
    for (long size : shape) {
      empty |= size == 0;
      elements =
          Math.multiplyHigh(elements, Math.max(1, size)) == 0 ? elements * Math.max(1, size) : -1;
      if (elements < 0 || elements > Integer.MAX_VALUE) {
        throw UserError.in(where)
            .what("the input '" + alias + "' is too large")
            .expected("at most " + Integer.MAX_VALUE + " elements")
            .received(Shapes.describe(shape))
            .build();
      }
    }
    if (empty && (needsElements || (rowsAgree && shape[0] == 0))) {
      throw UserError.in(where)
          .what("the input '" + alias + "' is empty, there is nothing to compute")
          .expected("at least one row, and one element in each")
          .received(Shapes.describe(shape))
          .build();
    }
  }

  /** One batch size in all inputs, where axis 0 is the batch. */
  public void requireRows(String where, Map<String, long[]> shapes) {
    if (!rowsAgree) {
      return;
    }
    long rows = -1;
    for (Map.Entry<String, long[]> each : shapes.entrySet()) {
      long[] shape = each.getValue();
      if (rows >= 0 && shape[0] != rows) {
        throw UserError.in(where)
            .what("the input '" + each.getKey() + "' has another batch size than the first one")
            .expected(rows)
            .received(Shapes.describe(shape))
            .build();
      }
      rows = shape[0];
    }
  }

  private static String describe(DataType type, TensorShapeProto shape) {
    String sizes =
        shape.getUnknownRank()
            ? "of any shape"
            : Shapes.describe(
                shape.getDimList().stream().mapToLong(TensorShapeProto.Dim::getSize).toArray());
    return TensorArrays.name(type.name()) + " " + sizes;
  }
}
