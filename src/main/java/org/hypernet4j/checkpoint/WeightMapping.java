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
 * Says which of somebody else's arrays become which of our parameters.
 *
 * <pre>{@code
 * {"rules": [
 *   {"ours": "cell/layer{k}/W_x", "from": ["rnn/cell_{k}/LSTMCell/W_xh"]},
 *   {"ours": "softmax/kernel", "from": ["proj"], "then": [{"type": "transpose", "axes": [1, 0]}]}
 * ]}
 * }</pre>
 *
 * @param description for people
 * @param rules the first that matches a parameter is the one that counts; a parameter without a
 *     rule is looked for under its own name
 * @param complete patterns of names that must all be used: what is left of them is a fault
 * @param ignore patterns of names that are of no account, optimizer slots for example
 * @param requires what the specification must say where it has such a setting
 */
@Doc("Which arrays of somebody else's weights become which parameters")
public record WeightMapping(
    @Doc("For people") @Default("\"\"") String description,
    @Doc("The first that matches a parameter counts; without one it keeps its own name")
        List<Rule> rules,
    @Doc("Patterns of names that must all be used") @Default("[]") List<String> complete,
    @Doc("Patterns of names that are of no account, such as optimizer slots") @Default("[]")
        List<String> ignore,
    @Doc("Settings without which equal weights would be another function") @Default("[]")
        List<Setting> requires) {
  /** Mappings that come with the library. */
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

  /** What every name is looked up with when there is no mapping. */
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
   * A number that the specification must have.
   *
   * @param setting its path, as in an override
   * @param value the number
   * @param when path of a switch; the number counts only where it is on. Null: always
   */
  @Doc("A number that the specification must have")
  public record Setting(
      @Doc("Its path, training.seed for example") String setting,
      @Doc("The number") @Range(min = -1e9, max = 1e9) double value,
      @Doc("Path of a switch; the number counts only where it is on") @Default(Default.NONE)
          @Nullable String when) {
    /** A number that always counts. */
    public Setting(String setting, double value) {
      this(setting, value, null);
    }
  }

  /**
   * Where a parameter comes from.
   *
   * @param ours pattern of our name, for example {@code cell/layer{k}/W_x}
   * @param from patterns of their names, changed one by one and then joined; each must name one
   *     array
   * @param concat the axis along which they are joined; null is 0
   * @param sum whether they are added instead
   * @param then what is done to the whole
   * @param fill a number for all elements, in place of {@code from}
   * @param optional whether the model may lack such parameters
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
   * One array of theirs.
   *
   * @param name pattern of its name
   * @param steps what is done to it
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
   * @throws UserError if there is no such file or it is no mapping
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
   * The same rules for a cell that has another scope. The ready-made mappings are for the scope
   * {@code cell}, that of our language models: {@code
   * read("pytorch-lstm").withScope("decoder/lstm")} is for {@code decoder/lstm/W_x} and so on.
   *
   * @param scope in place of the first step of each of our names
   * @throws UserError if the scope is no plain name, or our names do not all begin with one scope
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

  /** The rules of several mappings one after the other. */
  public static WeightMapping join(List<WeightMapping> mappings) {
    return new WeightMapping(
        String.join("; ", mappings.stream().map(WeightMapping::description).toList()),
        mappings.stream().flatMap(mapping -> mapping.rules.stream()).toList(),
        mappings.stream().flatMap(mapping -> mapping.complete.stream()).toList(),
        mappings.stream().flatMap(mapping -> mapping.ignore.stream()).toList(),
        mappings.stream().flatMap(mapping -> mapping.requires.stream()).toList());
  }
}
