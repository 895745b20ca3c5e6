// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import org.hypernet4j.io.NpyType;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;

/** A type of tensors, and the Java type that holds its elements without loss. */
enum ElementKind {
  FLOAT(DataType.DT_FLOAT, float.class, Float.class, NpyType.F4),
  DOUBLE(DataType.DT_DOUBLE, double.class, Double.class, NpyType.F8),
  INT(DataType.DT_INT32, int.class, Integer.class, NpyType.I4),
  LONG(DataType.DT_INT64, long.class, Long.class, NpyType.I8),
  BOOLEAN(DataType.DT_BOOL, boolean.class, Boolean.class, NpyType.BOOL),
  BYTE(DataType.DT_UINT8, byte.class, Byte.class, NpyType.U1),
  STRING(DataType.DT_STRING, String.class, String.class, null);

  final DataType type;

  /** Of one element, and of an array of them. */
  final Class<?> java;

  final Class<?> boxed;

  /** Null for texts, which only tensors hold. */
  final @Nullable NpyType array;

  ElementKind(DataType type, Class<?> java, Class<?> boxed, @Nullable NpyType array) {
    this.type = type;
    this.java = java;
    this.boxed = boxed;
    this.array = array;
  }

  /** The kind of a Java type, or null. */
  static @Nullable ElementKind of(Class<?> java) {
    for (ElementKind kind : values()) {
      if (kind.java == java || kind.boxed == java) {
        return kind;
      }
    }
    return null;
  }

  /** The kind of a tensor type, or null for one that records cannot hold. */
  static @Nullable ElementKind of(DataType type) {
    for (ElementKind kind : values()) {
      if (kind.type == type) {
        return kind;
      }
    }
    return null;
  }
}
