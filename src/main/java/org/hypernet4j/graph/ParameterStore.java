// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph;

import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.hypernet4j.error.Nearest;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.internal.SameGraph;
import org.hypernet4j.graph.internal.Seeds;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;

/**
 * All parameters of one graph, and the only class that creates them.
 *
 * <p>Layers ask a {@link ParameterScope} for parameters; optimizers, checkpoints, exporters and
 * tables read the lists here. One model class builds both the training graph and the inference
 * graph: names, shapes and order are equal, only the store differs.
 *
 * <pre>{@code
 * try (Graph graph = new Graph();
 *     Session session = new Session(graph)) {
 *   ParameterStore store = new ParameterStore(graph, 1L);
 *   Parameter kernel =
 *       store.root().child("dense")
 *           .parameter("kernel", Shape.of(4, 3), Initializers.glorotUniform(), Role.KERNEL);
 *   store.initialize(session);
 * }
 * }</pre>
 */
public final class ParameterStore {
  /** TensorFlow Java parses the text after the last underscore as an int. */
  private static final Pattern NAME =
      Pattern.compile("(?!.*_\\d{10,}$)[A-Za-z0-9.][A-Za-z0-9_.\\-]*");

  private final Graph graph;
  private final long seed;
  private final boolean zeroInitialValues;
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final FrozenNames frozenNames = new FrozenNames();
  private final ParameterScope root;
  private @Nullable Ops initialValues;
  private int callDepth;

  /**
   * Creates the store of a training graph.
   *
   * @param graph the graph that will hold the variables
   * @param seed the seed from which every initial value is drawn
   */
  public ParameterStore(Graph graph, long seed) {
    this(graph, seed, false);
  }

  private ParameterStore(Graph graph, long seed, boolean zeroInitialValues) {
    this.graph = graph;
    this.seed = seed;
    this.zeroInitialValues = zeroInitialValues;
    this.root = new ParameterScope(this, "", () -> Ops.create(graph));
  }

  /**
   * Creates the store of an inference graph. Initial values are always zeros, so that an exported
   * graph contains neither random ops nor weights as constants.
   */
  public static ParameterStore forInference(Graph graph) {
    return new ParameterStore(graph, 0L, true);
  }

  /** The root scope. */
  public ParameterScope root() {
    return root;
  }

  /** The graph that holds the parameters. */
  public Graph graph() {
    return graph;
  }

  /** The seed of the initial values. */
  public long seed() {
    return seed;
  }

  /**
   * Makes training leave parameters alone, the same in every other way: no gradient, no weight
   * decay, no optimizer slots, no new moving average. Call it before the model is built.
   *
   * @param namesOrScopes full names of parameters ({@code conv1/kernel}), and scopes ({@code
   *     conv1}) with everything below them
   * @throws UserError if a name is not valid, or the model is built already
   */
  public void freeze(Collection<String> namesOrScopes) {
    if (!parameters.isEmpty() && !namesOrScopes.isEmpty()) {
      throw UserError.in("freeze")
          .what("it comes after parameters were made, which it would not reach")
          .expected("an empty store")
          .received("one with " + parameters.size() + " parameters")
          .next("call it before the model is built")
          .build();
    }
    frozenNames.add(namesOrScopes);
  }

  /**
   * Checks that every name given to {@link #freeze} is one of the model that was built.
   *
   * @throws UserError that names the nearest
   */
  public void requireFrozenFound() {
    frozenNames.requireFound(model().stream().map(Parameter::name).toList());
  }

  /** Every parameter in order of creation, slots included. */
  public List<Parameter> all() {
    return List.copyOf(parameters.values());
  }

  /** The parameters that have gradients. */
  public List<Parameter> trainables() {
    return select(Parameter::trainable);
  }

  /** The parameters of the model: all but optimizer slots. */
  public List<Parameter> model() {
    return select(p -> p.role() != Role.SLOT);
  }

  /** The parameters that {@link #freeze} keeps from training. */
  public List<Parameter> frozen() {
    return select(Parameter::frozen);
  }

  /** The trainable parameters that weight decay applies to. */
  public List<Parameter> regularised() {
    return select(Parameter::regularised);
  }

  private List<Parameter> select(Predicate<Parameter> wanted) {
    return parameters.values().stream().filter(wanted).toList();
  }

  /**
   * The parameter of that full name.
   *
   * @throws UserError if there is none; the message names the nearest
   */
  public Parameter get(String name) {
    Parameter parameter = parameters.get(name);
    if (parameter == null) {
      throw UserError.in("parameter '" + name + "'")
          .what("the model has no parameter of this name")
          .received(parameters.size() + " others")
          .next(
              parameters.isEmpty()
                  ? "build the model with this store first"
                  : "did you mean '" + Nearest.of(name, parameters.keySet()) + "'?")
          .build();
    }
    return parameter;
  }

  /** Number of entries of the given parameters. */
  public static long count(Collection<Parameter> parameters) {
    return parameters.stream().mapToLong(Parameter::size).sum();
  }

  /** Number of entries per role, without slots, in the order of {@link Role}. */
  public Map<Role, Long> countByRole() {
    Map<Role, Long> counts = new EnumMap<>(Role.class);
    for (Parameter parameter : model()) {
      counts.merge(parameter.role(), parameter.size(), Long::sum);
    }
    return counts;
  }

  /** Number of entries per top-level scope ({@code conv1}, {@code generator}), without slots. */
  public Map<String, Long> countByScope() {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (Parameter parameter : model()) {
      String name = parameter.name();
      int slash = name.indexOf('/');
      counts.merge(slash < 0 ? name : name.substring(0, slash), parameter.size(), Long::sum);
    }
    return counts;
  }

  /** Assigns every parameter its initial value. */
  public void initialize(Session session) {
    if (parameters.isEmpty()) {
      throw new IllegalStateException("The store is empty: build the model before initialising it");
    }
    SameGraph.require(session, graph);
    Session.Runner runner = session.runner();
    parameters.values().forEach(p -> runner.addTarget(p.assign()));
    try (Result nothing = runner.run()) {
      assert nothing.size() == 0;
    }
  }

  /**
   * A functional call: whatever {@code build} builds computes with the given tensors in place of
   * the parameters. A gradient by these tensors is one at these values, and one by the parameters
   * goes through them.
   *
   * <pre>{@code
   * Operand<TFloat32> ahead = tf.math.add(w.value(), change);
   * Operand<TFloat32> loss = store.withValues(Map.of(w, ahead), () -> loss(layer.apply(tf, x)));
   * Operand<TFloat32> gradient = Gradients.byTensors(loss, List.of(ahead)).get(0);
   * }</pre>
   *
   * <p>It changes what {@link Parameter#value} returns, on whichever thread, so build one call
   * after another; {@link Parameter#handle} stays that of the variable, and so do tensors that a
   * layer has asked for before. Calls may be nested: the inner one hides the outer. However {@code
   * build} ends, the parameters are as before.
   *
   * @param values tensors of this graph and of the parameters' shapes; no optimizer slots
   * @param build builds ops; no optimizer within
   * @return what it returns
   * @throws UserError if a value does not fit, or {@code build} does not read each of them
   */
  public <T> T withValues(Map<Parameter, ? extends Operand<TFloat32>> values, Supplier<T> build) {
    callDepth++;
    try {
      return FunctionalCall.run(this, values, build);
    } finally {
      callDepth--;
    }
  }

  /** Whether {@link #withValues} is building. */
  public boolean inFunctionalCall() {
    return callDepth > 0;
  }

  boolean holds(Parameter parameter) {
    return parameters.get(parameter.name()) == parameter;
  }

  Parameter create(
      ParameterScope scope,
      String name,
      Shape shape,
      Initializer initializer,
      Role role,
      boolean trainable,
      boolean regularised) {
    String full = scope.join(name);
    requireName(full, name);
    requireShape(full, shape);
    if (parameters.containsKey(full) || graph.operation(full) != null) {
      throw UserError.in(full)
          .what("the name is taken")
          .next("give every layer a scope of its own")
          .build();
    }
    // Built by hand, not through Ops: a variable's nodes must have exactly these names, because
    // checkpoints, exports and Python find them by name.
    Output<?> handle =
        graph
            .opBuilder("VarHandleOp", full, graph.baseScope())
            .setAttr("dtype", DataType.DT_FLOAT)
            .setAttr("shape", shape)
            .setAttr("shared_name", full)
            .build()
            .output(0);
    Operand<TFloat32> initial =
        (zeroInitialValues ? Initializers.zeros() : initializer)
            .call(initialValues(), shape, Seeds.of(seed, full));
    Shapes.require(full, "initial value", initial, shape.asArray());
    GraphOperation assign =
        graph
            .opBuilder("AssignVariableOp", full + "/Assign", graph.baseScope())
            .addInput(handle)
            .addInput(initial.asOutput())
            .setAttr("dtype", DataType.DT_FLOAT)
            .build();
    GraphOperation read =
        graph
            .opBuilder("ReadVariableOp", full + "/Read/ReadVariableOp", graph.baseScope())
            .addInput(handle)
            .setAttr("dtype", DataType.DT_FLOAT)
            .build();
    Parameter.Training training =
        role != Role.SLOT && frozenNames.has(full)
            ? new Parameter.Training(false, false, true)
            : new Parameter.Training(trainable, regularised, false);
    Parameter parameter =
        new Parameter(full, shape, role, training, handle, read.output(0), initial, assign);
    parameters.put(full, parameter);
    return parameter;
  }

  /**
   * One scope for all initial values: TensorFlow Java walks the whole graph whenever a scope is
   * opened, and one a parameter took half a minute for a deep network.
   */
  private Ops initialValues() {
    if (initialValues == null) {
      initialValues = root.tf().withSubScope("initial_values");
    }
    return initialValues;
  }

  /** TensorFlow Java fails to open a scope where an op has exactly its name. */
  void requireNoParameter(String scope) {
    if (parameters.containsKey(scope)) {
      throw UserError.in("scope '" + scope + "'")
          .what("a parameter has this name")
          .next("give the scope another")
          .build();
    }
  }

  static void requireName(String full, String name) {
    if (!NAME.matcher(name).matches()) {
      throw UserError.in("scope '" + full + "'")
          .what("not a valid name")
          .expected("letters, digits, '_', '.', '-', and no long number at the end")
          .received("'" + name + "'")
          .build();
    }
  }

  private static void requireShape(String full, Shape shape) {
    if (Shapes.requireTensor(full, "a parameter", shape) == 0) {
      throw UserError.in(full)
          .what("a parameter cannot have this shape")
          .expected("positive sizes")
          .received(Shapes.describe(shape.asArray()))
          .build();
    }
  }
}
