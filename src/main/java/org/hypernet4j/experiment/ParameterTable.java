// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.experiment;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.Role;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.ModelSpec;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;

/**
 * The number of parameters of a model, by group, beside the same model without a generator.
 *
 * @param groups number of parameters by first scope
 * @param roles number of parameters by role
 * @param total all parameters of the model
 * @param trainable those that an optimizer changes
 * @param frozen those that the training is told to leave alone
 */
public record ParameterTable(
    Map<String, Long> groups, Map<Role, Long> roles, long total, long trainable, long frozen) {
  /** Keeps the order of groups and roles. */
  public ParameterTable {
    groups = new LinkedHashMap<>(groups);
    roles = new LinkedHashMap<>(roles);
  }

  /** Counts the parameters of a built model. */
  public static ParameterTable of(ParameterStore store) {
    List<Parameter> model = store.model();
    return new ParameterTable(
        store.countByScope(),
        store.countByRole(),
        ParameterStore.count(model),
        ParameterStore.count(model.stream().filter(Parameter::trainable).toList()),
        ParameterStore.count(store.frozen()));
  }

  /** Counts the parameters of a model that is built for the purpose, without a session. */
  public static ParameterTable of(ModelSpec spec) {
    return built(spec, List.of(), ParameterTable::of);
  }

  /**
   * Counts the parameters of an experiment, with those that its training leaves alone.
   *
   * @throws UserError if it is to leave some alone that the model does not have
   */
  public static ParameterTable of(ExperimentSpec spec) {
    return built(
        spec.model(),
        spec.training().freeze(),
        store -> {
          store.requireFrozenFound();
          return of(store);
        });
  }

  /** The shape of every parameter of a model by name, in the order of the model. */
  public static Map<String, Shape> shapes(ModelSpec spec) {
    return built(
        spec,
        List.of(),
        store -> {
          Map<String, Shape> shapes = new LinkedHashMap<>();
          store.model().forEach(parameter -> shapes.put(parameter.name(), parameter.shape()));
          return shapes;
        });
  }

  private static <T> T built(
      ModelSpec spec, List<String> freeze, Function<ParameterStore, T> look) {
    try (Graph graph = new Graph()) {
      ParameterStore store = ParameterStore.forInference(graph);
      store.freeze(freeze);
      ModelFamilies.of(spec).build(store.root(), spec);
      return look.apply(store);
    }
  }

  /**
   * Counts the parameters of the model with every kernel an ordinary parameter; a recurrent model
   * is its own plain form, since the weights that it rescales are ordinary parameters already.
   */
  public static ParameterTable plain(ModelSpec spec) {
    return of(ModelFamilies.of(spec).plain(spec));
  }

  /** The same of an experiment, whose training leaves alone what the plain model has, too. */
  public static ParameterTable plain(ExperimentSpec spec) {
    return built(
        ModelFamilies.of(spec).plain(spec.model()), spec.training().freeze(), ParameterTable::of);
  }

  /** The parameters of generators and their embeddings. */
  public long generator() {
    return roles.getOrDefault(Role.GENERATOR, 0L) + roles.getOrDefault(Role.EMBEDDING, 0L);
  }

  /** The parameters of the plain model that the generators of this one make unnecessary. */
  public long replacedIn(ParameterTable plain) {
    return equals(plain) ? 0 : plain.total - (total - generator());
  }

  /** The table as text, with a column for the plain model where that differs. */
  public static String describe(ExperimentSpec spec) {
    ParameterTable own = of(spec);
    ModelSpec plain = ModelFamilies.of(spec).plain(spec.model());
    return plain.equals(spec.model()) ? own.rows(own, false) : own.rows(plain(spec), true);
  }

  private String rows(ParameterTable plain, boolean both) {
    StringBuilder text = new StringBuilder();
    text.append(
        both
            ? String.format("%-14s %12s %12s%n", "parameters", "this model", "plain")
            : String.format("%-14s %12s%n", "parameters", "this model"));
    TreeSet<String> names = new TreeSet<>(groups.keySet());
    names.addAll(plain.groups.keySet());
    for (String name : names) {
      row(text, name, groups.getOrDefault(name, 0L), plain.groups.getOrDefault(name, 0L), both);
    }
    row(text, "total", total, plain.total, both);
    row(text, "trainable", trainable, plain.trainable, both);
    if (frozen > 0) {
      row(text, "frozen", frozen, plain.frozen, both);
    }
    if (both) {
      text.append(
          String.format(
              Locale.ROOT,
              "generated weights: %,d parameters instead of %,d (%.1f %% of the plain model in"
                  + " all)%n",
              generator(),
              replacedIn(plain),
              100.0 * total / plain.total));
    }
    return text.toString();
  }

  private static void row(StringBuilder text, String name, long own, long plain, boolean both) {
    text.append(
        both
            ? String.format(Locale.ROOT, "%-14s %,12d %,12d%n", name, own, plain)
            : String.format(Locale.ROOT, "%-14s %,12d%n", name, own));
  }
}
