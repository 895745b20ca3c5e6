// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Objects;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Shapes;
import org.jspecify.annotations.Nullable;

/**
 * A record's component and the tensor that it stands for: one row of it, or all of it where rows
 * cannot be told apart.
 */
final class RecordField {
  private static final int MOST_AXES = 4;

  private final String where;
  private final Method accessor;
  private final ElementKind kind;
  private final String name;
  private final int depth;

  /**
   * Sizes of what the component holds, -1 for open ones; null if not even their number is known.
   */
  private final long @Nullable [] sizes;

  private RecordField(
      String where,
      Method accessor,
      ElementKind kind,
      String name,
      int depth,
      long @Nullable [] sizes) {
    this.where = where;
    this.accessor = accessor;
    this.kind = kind;
    this.name = name;
    this.depth = depth;
    this.sizes = sizes;
  }

  /** The name of the tensor of a component. */
  static String nameOf(RecordComponent component) {
    Named named = component.getAnnotation(Named.class);
    return named == null ? component.getName() : named.value();
  }

  /**
   * Holds a component against its tensor.
   *
   * @param where the record, for messages
   * @param rows whether axis 0 of the tensor is the batch, of which the component is a row
   * @throws UserError if it cannot hold it
   */
  static RecordField of(
      String where, RecordComponent component, TensorDescription tensor, boolean rows) {
    String place = where + ", component '" + component.getName() + "'";
    Class<?> element = component.getType();
    int depth = 0;
    while (element.isArray()) {
      element = element.getComponentType();
      depth++;
    }
    long[] shape = tensor.shape();
    long[] sizes = shape == null || !rows ? shape : Arrays.copyOfRange(shape, 1, shape.length);
    ElementKind expected = ElementKind.of(tensor.type());
    ElementKind received = ElementKind.of(element);
    boolean boxedArray = depth > 0 && received != null && element != received.java;
    if (expected == null || expected != received || boxedArray || !fits(depth, sizes)) {
      throw UserError.in(place)
          .what("its type cannot hold " + (rows ? "a row of the tensor" : "the tensor"))
          .expected(
              expected == null
                  ? "a tensor of float32, float64, int32, int64, uint8, bool or texts"
                  : expectedOf(expected, sizes))
          .received(component.getType().getSimpleName() + " for " + tensor)
          .build();
    }
    Method accessor = component.getAccessor();
    RecordClass.open(place, accessor); // a record inside a class is often private
    return new RecordField(place, accessor, expected, nameOf(component), depth, sizes);
  }

  private static boolean fits(int depth, long @Nullable [] sizes) {
    if (sizes == null) {
      return depth <= MOST_AXES;
    }
    long open = Arrays.stream(sizes).filter(size -> size < 0).count();
    return switch (depth) {
      case 0 -> Arrays.stream(sizes).allMatch(size -> size == 1);
      case 1 -> sizes.length == 1 || (sizes.length > 1 && open <= 1); // flat
      default -> sizes.length == depth && depth <= MOST_AXES;
    };
  }

  private static String expectedOf(ElementKind kind, long @Nullable [] sizes) {
    String java = kind.java.getSimpleName();
    if (sizes == null) {
      return java + " or arrays of it";
    }
    if (sizes.length == 0) {
      return java;
    }
    boolean flat = Arrays.stream(sizes).filter(size -> size < 0).count() <= 1;
    String nested =
        sizes.length > 1 && sizes.length <= MOST_AXES ? java + "[]".repeat(sizes.length) : "";
    return Shapes.describe(sizes)
        + " as "
        + (flat || sizes.length == 1 ? java + "[]" + (nested.isEmpty() ? "" : " or ") : "")
        + nested;
  }

  String name() {
    return name;
  }

  ElementKind kind() {
    return kind;
  }

  /**
   * The value of the component in a record, flat.
   *
   * @param flat a Java array of {@link #kind}; the record's own array where that is flat
   * @param shape of the value
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  record Value(Object flat, long[] shape) {}

  /**
   * Reads the component.
   *
   * @throws UserError if it is null, ragged, or of other sizes than the tensor
   */
  Value read(Record from) {
    Object value = get(from);
    if (value == null) {
      throw wrong("it is null", sizes == null ? "a value" : expectedOf(kind, sizes), "null");
    }
    if (depth == 0) {
      Object flat = Array.newInstance(kind.java, 1);
      Array.set(flat, 0, value);
      return new Value(flat, sizes == null ? new long[0] : sizes.clone()); // sizes are ones
    }
    if (depth == 1) {
      return new Value(value, flatShape(Array.getLength(value)));
    }
    long[] shape = new long[depth];
    Object level = value;
    for (int axis = 0; axis < depth; axis++) {
      shape[axis] = level == null ? 0 : Array.getLength(level);
      level = axis + 1 < depth && shape[axis] > 0 ? Array.get(level, 0) : null;
    }
    requireSizes(shape);
    long count = 1;
    for (long size : shape) {
      count = Math.min(count * size, Long.MAX_VALUE >> 32); // far above what an array holds
    }
    if (count > Integer.MAX_VALUE) {
      throw wrong("it is too large", Integer.MAX_VALUE + " elements", Shapes.describe(shape));
    }
    Object flat = Array.newInstance(kind.java, (int) count);
    flatten(value, shape, 0, flat, 0);
    return new Value(flat, shape);
  }

  private @Nullable Object get(Record from) {
    try {
      return accessor.invoke(from);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    } catch (InvocationTargetException e) {
      throw RecordClass.thrown(e);
    }
  }

  /** The shape of a flat array: the tensor's, with the open size that the length gives. */
  private long[] flatShape(int length) {
    if (sizes == null) {
      return new long[] {length};
    }
    long known = Arrays.stream(sizes).filter(size -> size >= 0).reduce(1, (a, b) -> a * b);
    long[] shape = sizes.clone();
    boolean open = false;
    for (int axis = 0; axis < shape.length; axis++) {
      if (shape[axis] < 0) {
        open = true;
        shape[axis] = known == 0 ? 0 : length / known;
      }
    }
    if (open ? known == 0 || length % known != 0 : length != known) {
      throw wrong(
          "it has the wrong length",
          open ? "a multiple of " + known : known + " for " + Shapes.describe(sizes),
          String.valueOf(length));
    }
    return shape;
  }

  private void requireSizes(long... shape) {
    for (int axis = 0; sizes != null && axis < shape.length; axis++) {
      if (sizes[axis] >= 0 && sizes[axis] != shape[axis]) {
        throw wrong("it has the wrong sizes", Shapes.describe(sizes), Shapes.describe(shape));
      }
    }
  }

  private int flatten(@Nullable Object level, long[] shape, int axis, Object flat, int at) {
    int length = level == null ? -1 : Array.getLength(level);
    if (level == null || length != shape[axis]) {
      throw wrong(
          "its inner arrays differ in length",
          Shapes.describe(shape),
          (length < 0 ? "null" : "one of " + length) + " on axis " + axis);
    }
    if (axis + 1 == shape.length) {
      System.arraycopy(level, 0, flat, at, length);
      return at + length;
    }
    int next = at;
    for (int i = 0; i < length; i++) {
      next = flatten(Array.get(level, i), shape, axis + 1, flat, next);
    }
    return next;
  }

  private UserError wrong(String what, String expected, String received) {
    return UserError.in(where).what(what).expected(expected).received(received).build();
  }

  /**
   * The value of the component from a tensor's elements.
   *
   * @param flat elements, of which the component takes a part
   * @param from the first of them
   * @param fresh whether nobody else has the array, so that a record may keep it
   * @param shape of the value
   */
  Object make(Object flat, int from, boolean fresh, long... shape) {
    int count = Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b));
    if (depth == 0) {
      if (count != 1) {
        throw wrong("the model's answer has other sizes", "one number", Shapes.describe(shape));
      }
      return Objects.requireNonNull(Array.get(flat, from));
    }
    if (depth == 1) {
      return fresh && count == Array.getLength(flat) ? flat : part(flat, from, count);
    }
    if (shape.length != depth) {
      throw wrong("the model's answer has other sizes", depth + " axes", Shapes.describe(shape));
    }
    return nested(flat, from, shape, 0);
  }

  private Object nested(Object flat, int from, long[] shape, int axis) {
    int length = Math.toIntExact(shape[axis]);
    if (axis + 1 == shape.length) {
      return part(flat, from, length);
    }
    int stride = 1;
    for (int i = axis + 1; i < shape.length; i++) {
      stride *= (int) shape[i];
    }
    Class<?> element = kind.java;
    for (int i = axis + 1; i < shape.length; i++) {
      element = element.arrayType();
    }
    Object level = Array.newInstance(element, length);
    for (int i = 0; i < length; i++) {
      Array.set(level, i, nested(flat, from + i * stride, shape, axis + 1));
    }
    return level;
  }

  private Object part(Object flat, int from, int count) {
    Object part = Array.newInstance(kind.java, count);
    System.arraycopy(flat, from, part, 0, count);
    return part;
  }
}
