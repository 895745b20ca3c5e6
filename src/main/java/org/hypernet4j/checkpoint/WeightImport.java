// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.checkpoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hypernet4j.error.Nearest;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.NpyType;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;

/**
 * A plan for importing foreign weights into the parameters of a model: which array becomes which
 * parameter, and what does not fit. Creating a plan changes nothing.
 *
 * <pre>{@code
 * WeightImport plan = WeightImport.plan(store, WeightFile.open(file), WeightMapping.read("supercell"));
 * plan.assign(session, store); // or an error that lists what does not fit
 * }</pre>
 *
 * @param values every parameter that was found and fits, by name, row-major
 * @param origins human-readable origin of each of these
 * @param missing parameters that have no array
 * @param mismatched parameters whose array has another shape, is ambiguous, cannot be read as
 *     float32 or holds NaN or infinity, and arrays that must not remain unused; each with the
 *     reason
 * @param rounded parameters that were float64
 * @param extra names of arrays that no parameter uses
 */
public record WeightImport(
    Map<String, float[]> values,
    Map<String, String> origins,
    List<String> missing,
    List<String> mismatched,
    List<String> rounded,
    List<String> extra) {
  /** Copies the lists. */
  public WeightImport {
    missing = List.copyOf(missing);
    mismatched = List.copyOf(mismatched);
    rounded = List.copyOf(rounded);
    extra = List.copyOf(extra);
  }

  /**
   * Finds, reads and lays out the array of each parameter.
   *
   * @param wanted the shapes of the parameters by name
   * @throws UserError if a rule of the mapping is unused, see {@link MappingCheck#requireUsed}, or
   *     an array that is needed is damaged or not an array of numbers
   */
  public static WeightImport plan(
      Map<String, Shape> wanted, WeightFile file, WeightMapping mapping) {
    return plan(wanted, file, Map.of("mapping", mapping));
  }

  /**
   * As {@link #plan(Map, WeightFile, WeightMapping)}, with several mappings; of all rules the first
   * that matches applies.
   *
   * @param mappings by their file or name, for errors
   */
  public static WeightImport plan(
      Map<String, Shape> wanted, WeightFile file, Map<String, WeightMapping> mappings) {
    mappings.forEach(
        (name, mapping) -> new MappingCheck(mapping, name).requireUsed(wanted.keySet()));
    return new Planner(file, WeightMapping.join(List.copyOf(mappings.values()))).plan(wanted);
  }

  /**
   * As {@link #plan(Map, WeightFile, WeightMapping)}, without a mapping: parameters are found by
   * their own names.
   */
  public static WeightImport plan(Map<String, Shape> wanted, WeightFile file) {
    return plan(wanted, file, WeightMapping.NONE);
  }

  /**
   * As {@link #plan(Map, WeightFile, WeightMapping)}, for all parameters of the model that a store
   * holds, without optimizer slots. Shapes do not show the settings in {@link
   * WeightMapping#requires}, for example PyTorch's forget bias of 0: build the cell accordingly.
   */
  public static WeightImport plan(ParameterStore store, WeightFile file, WeightMapping mapping) {
    return plan(shapes(store), file, mapping);
  }

  /**
   * As {@link #plan(ParameterStore, WeightFile, WeightMapping)}, without a mapping: parameters are
   * found by their own names.
   */
  public static WeightImport plan(ParameterStore store, WeightFile file) {
    return plan(shapes(store), file);
  }

  private static Map<String, Shape> shapes(ParameterStore store) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    store.model().forEach(parameter -> shapes.put(parameter.name(), parameter.shape()));
    return shapes;
  }

  /**
   * Assigns what was found.
   *
   * @throws UserError that lists what is missing or mismatched, if anything is; nothing was
   *     assigned
   */
  public void assign(Session session, ParameterStore store) {
    if (!fits()) {
      throw UserError.in("weights")
          .what("do not fit the model")
          .expected("an array for each of " + (values.size() + missing.size() + mismatched.size()))
          .received(
              Stream.concat(missing.stream(), mismatched.stream())
                  .limit(3)
                  .collect(Collectors.joining("; ")))
          .next("look at missing() and mismatched() of the plan, and name them in a mapping")
          .build();
    }
    ParameterValues.assign(session, store, values);
  }

  /** Whether every parameter has its array. Extra arrays do not matter. */
  public boolean fits() {
    return missing.isEmpty() && mismatched.isEmpty();
  }

  private static final class Planner {
    private final WeightFile file;
    private final WeightMapping mapping;
    private Map<String, Shape> shapes = Map.of();
    private final Map<String, NamePattern> patterns = new LinkedHashMap<>();
    private final Map<String, float[]> values = new LinkedHashMap<>();
    private final Map<String, String> origins = new LinkedHashMap<>();
    private final List<String> missing = new ArrayList<>();
    private final List<String> mismatched = new ArrayList<>();
    private final List<String> rounded = new ArrayList<>();
    private final Set<String> used = new LinkedHashSet<>();

    Planner(WeightFile file, WeightMapping mapping) {
      this.file = file;
      this.mapping = mapping;
    }

    WeightImport plan(Map<String, Shape> wanted) {
      shapes = wanted;
      wanted.forEach(this::place);
      List<String> extra = new ArrayList<>();
      for (String name : file.names()) {
        if (!used.contains(name) && !anyMatches(mapping.ignore(), name)) {
          extra.add(name);
          if (anyMatches(mapping.complete(), name)) {
            mismatched.add(
                name
                    + " "
                    + file.describe(name)
                    + " of the file has no counterpart: the model computes something else");
          }
        }
      }
      return new WeightImport(values, origins, missing, mismatched, rounded, extra);
    }

    private void place(String ours, Shape shape) {
      WeightMapping.Rule rule = null;
      Map<String, String> variables = Map.of();
      for (WeightMapping.Rule each : mapping.rules()) {
        Map<String, String> matched = pattern(each.ours()).match(ours);
        if (matched != null) {
          rule = each;
          variables = matched;
          break;
        }
      }
      if (rule == null) {
        rule =
            new WeightMapping.Rule(
                ours,
                List.of(new WeightMapping.Source(ours, List.of())),
                null,
                false,
                List.of(),
                null,
                false);
      }
      if (rule.fill() != null) {
        float[] filled = new float[Math.toIntExact(shape.size())];
        Arrays.fill(filled, rule.fill().floatValue());
        put(ours, shape, NpyArray.of(filled, shape.asArray()), "filled with " + rule.fill());
      } else {
        place(ours, shape, rule, variables);
      }
    }

    private void place(
        String ours, Shape shape, WeightMapping.Rule rule, Map<String, String> variables) {
      List<String> names = new ArrayList<>();
      for (WeightMapping.Source source : rule.from()) {
        String pattern = NamePattern.fill(source.name(), variables);
        Set<String> found = file.find(pattern);
        if (found.isEmpty()) {
          missing.add(ours + " " + Shapes.describe(shape.asArray()) + " needs " + hint(pattern));
          return;
        } else if (found.size() > 1) {
          mismatched.add(ours + " could be any of " + String.join(", ", found));
          used.addAll(found);
          return;
        }
        names.addAll(found);
      }
      used.addAll(names);
      // outside the try: a damaged file is an error, not a mismatch
      List<NpyArray> arrays = names.stream().map(file::read).toList();
      ParameterSizes sizes = new ParameterSizes(shapes, ours, variables);
      try {
        List<NpyArray> parts = new ArrayList<>();
        for (int i = 0; i < arrays.size(); i++) {
          parts.add(apply(rule.from().get(i).steps(), sizes, floats(names.get(i), arrays.get(i))));
        }
        boolean sum = rule.sum() || fitOneByOne(rule, parts, shape);
        NpyArray joined =
            sum
                ? AxisBlocks.sum(parts)
                : AxisBlocks.concat(parts, rule.concat() == null ? 0 : rule.concat());
        put(ours, shape, apply(rule.then(), sizes, joined), origin(names, sum));
        if (arrays.stream().anyMatch(array -> array.type() == NpyType.F8)) {
          rounded.add(ours);
        }
      } catch (UserError e) {
        mismatched.add(ours + " from " + String.join(" + ", names) + ": " + e.getMessage());
      }
    }

    /**
     * Whether each of several arrays already has the shape of the parameter and the rule does not
     * say how to combine them. Concatenated they could not fit, so they must be meant to be added.
     */
    private static boolean fitOneByOne(WeightMapping.Rule rule, List<NpyArray> parts, Shape shape) {
      return parts.size() > 1
          && rule.concat() == null
          && rule.then().isEmpty()
          && parts.stream().allMatch(part -> Arrays.equals(part.shape(), shape.asArray()));
    }

    private static String origin(List<String> names, boolean sum) {
      String all = String.join(" + ", names);
      return sum && names.size() > 1 ? "the sum " + all : all;
    }

    private String hint(String pattern) {
      List<String> names = file.names();
      return "'"
          + pattern
          + "'"
          + (names.isEmpty() ? "" : ", nearest is '" + Nearest.of(pattern, names) + "'");
    }

    private static NpyArray floats(String name, NpyArray array) {
      return NpyArray.of(array.roundedFloats(name), array.shape());
    }

    private static NpyArray apply(List<ArrayStep> steps, ParameterSizes sizes, NpyArray array) {
      NpyArray changed = array;
      for (ArrayStep step : steps) {
        changed = step.sized(sizes).apply(changed);
      }
      return changed;
    }

    private void put(String ours, Shape shape, NpyArray array, String origin) {
      if (!Arrays.equals(array.shape(), shape.asArray())) {
        mismatched.add(
            "%s is %s, from %s it would be %s"
                .formatted(
                    ours,
                    Shapes.describe(shape.asArray()),
                    origin,
                    Shapes.describe(array.shape())));
        return;
      }
      float[] flat = array.floats();
      int count = 0;
      for (float value : flat) {
        count += Float.isFinite(value) ? 0 : 1;
      }
      if (count > 0) {
        mismatched.add(
            "%s from %s has %d of %d numbers that are NaN or infinite"
                .formatted(ours, origin, count, flat.length));
        return;
      }
      values.put(ours, flat);
      origins.put(ours, origin);
    }

    private boolean anyMatches(List<String> all, String name) {
      return all.stream().anyMatch(each -> pattern(each).matches(name));
    }

    private NamePattern pattern(String text) {
      return patterns.computeIfAbsent(text, NamePattern::new);
    }
  }
}
