// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A name scope for the parameters and ops of a layer. It keeps one {@link Ops}, because a second
 * sub-scope of the same name would get a numeric suffix, and returns the same child for the same
 * name.
 */
public final class ParameterScope {
  private final ParameterStore store;
  private final String path;
  private final Supplier<Ops> open;
  private @Nullable Ops tf;
  private final Map<String, ParameterScope> children = new HashMap<>();

  /** Opens the name scope only when the first op needs it: opening walks the whole graph. */
  ParameterScope(ParameterStore store, String path, Supplier<Ops> open) {
    this.store = store;
    this.path = path;
    this.open = open;
  }

  /** The ops of this scope; names of ops built with them start with {@link #path()}. */
  public Ops tf() {
    if (tf == null) {
      store.requireNoParameter(path);
      tf = open.get();
    }
    return tf;
  }

  /** The name of this scope, {@code conv1} or {@code rnn/cell0}; empty for the root. */
  public String path() {
    return path;
  }

  /** The store that holds the parameters. */
  public ParameterStore store() {
    return store;
  }

  /** The child scope of that name, which may be a path, {@code a/b}. */
  public ParameterScope child(String name) {
    int slash = name.indexOf('/');
    if (slash > 0) {
      return child(name.substring(0, slash)).child(name.substring(slash + 1));
    }
    ParameterStore.requireName(join(name), name);
    return children.computeIfAbsent(
        name, key -> new ParameterScope(store, join(key), () -> tf().withSubScope(key)));
  }

  /** Creates a trainable parameter that is exempt from weight decay. */
  public Parameter parameter(String name, Shape shape, Initializer initializer, Role role) {
    return store.create(this, name, shape, initializer, role, true, false);
  }

  /** Creates a trainable parameter to which weight decay applies. */
  public Parameter regularisedParameter(
      String name, Shape shape, Initializer initializer, Role role) {
    return store.create(this, name, shape, initializer, role, true, true);
  }

  /** Creates a parameter that no optimizer changes: a moving average, a slot, a fixed input. */
  public Parameter fixedParameter(String name, Shape shape, Initializer initializer, Role role) {
    return store.create(this, name, shape, initializer, role, false, false);
  }

  /** The value of a new trainable parameter; shorthand for layers. */
  public Operand<TFloat32> value(String name, Shape shape, Initializer initializer, Role role) {
    return parameter(name, shape, initializer, role).value();
  }

  String join(String name) {
    return path.isEmpty() ? name : path + "/" + name;
  }
}
