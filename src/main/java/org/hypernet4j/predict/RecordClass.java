// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Member;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.hypernet4j.error.UserError;

/** A class of records whose components stand for the inputs, or the outputs, of a signature. */
final class RecordClass<R extends Record> {
  private final Constructor<R> constructor;
  private final List<RecordField> fields = new ArrayList<>();

  /**
   * Holds a class against tensors.
   *
   * @param where the model and signature, for messages
   * @param tensors those that its components can stand for
   * @param all whether it must have all of them
   * @param rows whether axis 0 of each tensor is the batch, of which a record is one row
   * @throws UserError if they do not fit
   */
  RecordClass(
      String where,
      Class<R> type,
      Map<String, TensorDescription> tensors,
      boolean all,
      boolean rows) {
    String place = where + ", record " + type.getSimpleName();
    Map<String, RecordComponent> components = named(place, type);
    if (!tensors.keySet().containsAll(components.keySet())
        || (all && components.size() != tensors.size())
        || components.isEmpty()) {
      throw UserError.in(place)
          .what("its components are not the signature's " + (all ? "inputs" : "outputs"))
          .expected((all ? "" : "some of ") + new TreeSet<>(tensors.keySet()))
          .received(new TreeSet<>(components.keySet()))
          .next("name the components as the signature does, or add @Named")
          .build();
    }
    components.forEach(
        (name, component) ->
            fields.add(
                RecordField.of(place, component, Objects.requireNonNull(tensors.get(name)), rows)));
    try {
      constructor =
          type.getDeclaredConstructor(
              components.values().stream().map(RecordComponent::getType).toArray(Class<?>[]::new));
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e); // every record has it
    }
    open(place, constructor);
  }

  /** Makes a part of a record callable, which a module may refuse. */
  static <M extends AccessibleObject & Member> void open(String place, M member) {
    if (!member.trySetAccessible()) {
      Class<?> type = member.getDeclaringClass();
      throw UserError.in(place)
          .what("the record's module does not open it")
          .expected(
              "'opens " + type.getPackageName() + " to org.hypernet4j;' in its module-info.java")
          .received("the module " + type.getModule().getName())
          .build();
    }
  }

  /** The components by the names of their tensors, in order. */
  static Map<String, RecordComponent> named(String place, Class<? extends Record> type) {
    RecordComponent[] components = type.getRecordComponents();
    if (components == null) {
      throw UserError.in(place).what("not a record").received(type.getName()).build();
    }
    Map<String, RecordComponent> named = new LinkedHashMap<>();
    Arrays.stream(components)
        .forEach(
            component -> {
              String name = RecordField.nameOf(component);
              if (named.put(name, component) != null) {
                throw UserError.in(place)
                    .what("two components are named '" + name + "'")
                    .next("give each a name of its own")
                    .build();
              }
            });
    return named;
  }

  List<RecordField> fields() {
    return fields;
  }

  /** A record of values, in the order of the fields. */
  R make(Object... values) {
    try {
      return constructor.newInstance(values);
    } catch (InstantiationException | IllegalAccessException e) {
      throw new IllegalStateException(e);
    } catch (InvocationTargetException e) {
      throw thrown(e);
    }
  }

  /** What a record's own code has thrown. */
  static RuntimeException thrown(InvocationTargetException e) {
    if (e.getCause() instanceof Error error) {
      throw error;
    }
    return e.getCause() instanceof RuntimeException own ? own : new IllegalStateException(e);
  }
}
