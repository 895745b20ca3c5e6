// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.RegularFiles;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Items;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.Shorthand;
import org.hypernet4j.json.SpecReader;
import org.jspecify.annotations.Nullable;

/**
 * Maps foreign arrays to the parameters of a model.
 *
 * <pre>{@code
 * {"rules": [
 *   {"ours": "cell/layer{k}/W_x", "from": ["rnn/cell_{k}/LSTMCell/W_xh"]},
 *   {"ours": "softmax/kernel", "from": ["proj"], "then": [{"type": "transpose", "axes": [1, 0]}]}
 * ]}
 * }</pre>
 *
 * @param description human-readable description
 * @param rules of these, the first that matches a parameter applies; a parameter without a rule is
 *     looked up by its own name
 * @param complete patterns of names that must all be used: an unused array is an error
 * @param ignore patterns of names to ignore, for example optimizer slots
 * @param requires settings that the specification must have, where it has them at all
 */
@Doc("Assignment of arrays from another source to our parameters")
public record WeightMapping(
    @Doc("For people") @Default("\"\"") String description,
    @Doc("The first that matches a parameter counts; without one it keeps its own name")
        List<Rule> rules,
    @Doc("Patterns of names that must all be used") @Default("[]") List<String> complete,
    @Doc("Patterns of names to ignore, such as optimizer slots") @Default("[]") List<String> ignore,
    @Doc("Settings without which equal weights would be another function") @Default("[]")
        List<Setting> requires) {
  /** Names of the mappings included in the library. */
  public static final List<String> READY_MADE =
      List.of(
          "supercell",
          "supercell-lstm",
          "magenta",
          "magenta-lstm",
          "labml",
          "labml-cell",
          "labml-lstm",
          "pytorch-lstm",
          "pytorch-lstm-cell",
          "pytorch-gru",
          "pytorch-gru-cell");

  /** The mapping used when none is given: every parameter by its own name. */
  static final WeightMapping NONE =
      new WeightMapping("", List.of(), List.of(), List.of(), List.of());

  /** Copies the lists. */
  public WeightMapping {
    rules = List.copyOf(rules);
    complete = List.copyOf(complete);
    ignore = List.copyOf(ignore);
    requires = List.copyOf(requires);
  }

  /**
   * A setting that the specification must have.
   *
   * @param setting its path, as in an override
   * @param value the number
   * @param when path of a true-or-false setting; the number is required only if that is true. Null:
   *     always
   */
  @Doc("A number that the specification must have")
  public record Setting(
      @Doc("Its path, training.seed for example") String setting,
      @Doc("The number") @Range(min = -1e9, max = 1e9) double value,
      @Doc("Path of a switch; the number counts only where it is on") @Default(Default.NONE)
          @Nullable String when) {
    /** Creates a number that is always required. */
    public Setting(String setting, double value) {
      this(setting, value, null);
    }
  }

  /**
   * The origin of a parameter.
   *
   * @param ours pattern of the parameter's name, for example {@code cell/layer{k}/W_x}
   * @param from patterns of array names, each of which must match one array; the arrays are
   *     converted one by one and then combined
   * @param concat the axis along which the arrays are concatenated; null is 0
   * @param sum whether the arrays are added instead
   * @param then steps applied to the combined array
   * @param fill a number for all elements, in place of {@code from}
   * @param optional whether the model may have no such parameters
   */
  @Doc("Where a parameter comes from: from their arrays, or filled with a number")
  public record Rule(
      @Doc("Pattern of our name; {k} stands for a part that 'from' takes over") String ours,
      @Doc("Their names, each changed by itself and all joined; ** begins any scope")
          @Default("[]")
          @Items(max = 1000)
          List<Source> from,
      @Doc("The axis along which they are joined; 0 where neither this nor 'sum' is given")
          @Default(Default.NONE)
          @Range(min = 0, max = ArrayStep.MOST_AXES)
          @Nullable Integer concat,
      @Doc("Whether they are added instead: the two biases of a PyTorch LSTM") @Default("false")
          boolean sum,
      @Doc("What is done to the whole") @Default("[]") List<ArrayStep> then,
      @Doc("A number for all elements instead") @Default(Default.NONE) @Nullable Double fill,
      @Doc("Whether the model may have no such parameter; otherwise that is an error")
          @Default("false")
          boolean optional) {
    /** Copies the lists and checks that there is one origin. */
    public Rule {
      from = List.copyOf(from);
      then = List.copyOf(then);
      if (from.isEmpty() == (fill == null)) {
        throw UserError.in("from")
            .what("a rule needs one origin")
            .expected("either from or fill")
            .received(fill == null ? "neither" : "both")
            .build();
      }
      if (sum && concat != null) {
        throw UserError.in("sum")
            .what("arrays are either joined or added")
            .expected("either concat or sum")
            .received("both")
            .build();
      }
    }

    Rule withOurs(String name) {
      return new Rule(name, from, concat, sum, then, fill, optional);
    }
  }

  /**
   * One foreign array.
   *
   * @param name pattern of its name
   * @param steps steps applied to it
   */
  @Doc("One array of theirs; a bare text is its name")
  @Shorthand("name")
  public record Source(
      @Doc("Pattern of its name") String name,
      @Doc("What is done to it") @Default("[]") List<ArrayStep> steps) {
    /** Copies the list. */
    public Source {
      steps = List.copyOf(steps);
    }
  }

  /**
   * Reads a mapping file, or one of {@link #READY_MADE}.
   *
   * @throws UserError if there is no such file or it is not a mapping
   */
  public static WeightMapping read(String nameOrFile) {
    if (READY_MADE.contains(nameOrFile)) {
      return readyMade(nameOrFile);
    }
    Path file = Path.of(nameOrFile);
    if (!Files.isRegularFile(file)) {
      throw UserError.in(nameOrFile)
          .what("there is no such mapping")
          .expected("a JSON file, or one of " + String.join(", ", READY_MADE))
          .received(Files.exists(file) ? "something that is not a file" : "nothing there")
          .build();
    }
    try {
      return SpecReader.read(
          WeightMapping.class, RegularFiles.readString(file, RegularFiles.WRITTEN), nameOrFile);
    } catch (CharacterCodingException e) {
      throw UserError.in(file).what("not a text in UTF-8").cause(e).build();
    } catch (IOException e) {
      throw UserError.in(file).what("cannot be read").received(e.getMessage()).cause(e).build();
    }
  }

  private static WeightMapping readyMade(String name) {
    try (InputStream in = WeightMapping.class.getResourceAsStream(name + ".json")) {
      if (in == null) {
        throw new IllegalStateException("The library lacks its mapping " + name);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return SpecReader.read(WeightMapping.class, text, name);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * A mapping with the same rules for a cell of another scope. The ready-made mappings are for the
   * scope {@code cell} of this library's language models: {@code
   * read("pytorch-lstm").withScope("decoder/lstm")} is for {@code decoder/lstm/W_x} and so on.
   *
   * @param scope replaces the first scope of the name of each parameter
   * @throws UserError if the scope is not a plain name, or the parameters' names do not all begin
   *     with one scope
   */
  public WeightMapping withScope(String scope) {
    if (!scope.matches("[A-Za-z0-9_.\\-]+(/[A-Za-z0-9_.\\-]+)*")) {
      throw UserError.in("scope of a mapping")
          .what("is no name of a scope")
          .expected("names with slashes between them, such as decoder/lstm")
          .received("'" + scope + "'")
          .build();
    }
    List<String> first =
        rules.stream().map(rule -> rule.ours().replaceFirst("/.*", "")).distinct().toList();
    if (first.size() != 1 || !first.get(0).matches("[A-Za-z0-9_.\\-]+")) {
      throw UserError.in("mapping")
          .what("its names have no one scope that could be replaced")
          .expected("rules whose 'ours' all begin with the same scope")
          .received(first)
          .next("write the names into a mapping file")
          .build();
    }
    int length = first.get(0).length();
    return new WeightMapping(
        description,
        rules.stream().map(rule -> rule.withOurs(scope + rule.ours().substring(length))).toList(),
        complete,
        ignore,
        requires);
  }

  /** The rules of several mappings in order. */
  public static WeightMapping join(List<WeightMapping> mappings) {
    return new WeightMapping(
        String.join("; ", mappings.stream().map(WeightMapping::description).toList()),
        mappings.stream().flatMap(mapping -> mapping.rules.stream()).toList(),
        mappings.stream().flatMap(mapping -> mapping.complete.stream()).toList(),
        mappings.stream().flatMap(mapping -> mapping.ignore.stream()).toList(),
        mappings.stream().flatMap(mapping -> mapping.requires.stream()).toList());
  }
}
