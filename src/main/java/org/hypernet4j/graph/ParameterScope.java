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
 * A name scope in which a layer makes its parameters and its ops. It keeps one {@link Ops} (a
 * second sub-scope of one name would get a number behind it) and hands out the same child for the
 * same name.
 */
public final class ParameterScope {
  private final ParameterStore store;
  private final String path;
  private final Supplier<Ops> open;
  private @Nullable Ops tf;
  private final Map<String, ParameterScope> children = new HashMap<>();

  /** The name scope itself is opened when the first op needs it: that walks the whole graph. */
  ParameterScope(ParameterStore store, String path, Supplier<Ops> open) {
    this.store = store;
    this.path = path;
    this.open = open;
  }

  /** The ops of this scope: what is built with them is named below {@link #path()}. */
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

  /** The store in which parameters are made. */
  public ParameterStore store() {
    return store;
  }

  /** The child scope of that name; several steps may be given at once, {@code a/b}. */
  public ParameterScope child(String name) {
    int slash = name.indexOf('/');
    if (slash > 0) {
      return child(name.substring(0, slash)).child(name.substring(slash + 1));
    }
    ParameterStore.requireName(join(name), name);
    return children.computeIfAbsent(
        name, key -> new ParameterScope(store, join(key), () -> tf().withSubScope(key)));
  }

  /** Makes a trainable parameter that weight decay leaves alone. */
  public Parameter parameter(String name, Shape shape, Initializer initializer, Role role) {
    return store.create(this, name, shape, initializer, role, true, false);
  }

  /** Makes a trainable parameter to which weight decay applies. */
  public Parameter regularisedParameter(
      String name, Shape shape, Initializer initializer, Role role) {
    return store.create(this, name, shape, initializer, role, true, true);
  }

  /** Makes a parameter that no optimizer touches: a moving average, a slot, a fixed input. */
  public Parameter fixedParameter(String name, Shape shape, Initializer initializer, Role role) {
    return store.create(this, name, shape, initializer, role, false, false);
  }

  /** The value of a new trainable parameter: the short form for layers. */
  public Operand<TFloat32> value(String name, Shape shape, Initializer initializer, Role role) {
    return parameter(name, shape, initializer, role).value();
  }

  String join(String name) {
    return path.isEmpty() ? name : path + "/" + name;
  }
}
