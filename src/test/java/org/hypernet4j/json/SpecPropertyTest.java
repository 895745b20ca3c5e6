// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.arbitraries.DoubleArbitrary;
import org.hypernet4j.error.UserError;
import org.hypernet4j.spec.AugmentationSpec;
import org.hypernet4j.spec.CheckpointsSpec;
import org.hypernet4j.spec.Cifar10DataSpec;
import org.hypernet4j.spec.ClipSpec;
import org.hypernet4j.spec.DataSpec;
import org.hypernet4j.spec.EarlyStoppingSpec;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.GeneratorInitialisation;
import org.hypernet4j.spec.GeneratorSpec;
import org.hypernet4j.spec.InitializerSpec;
import org.hypernet4j.spec.IntervalSpec;
import org.hypernet4j.spec.MnistConvNetSpec;
import org.hypernet4j.spec.MnistDataSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.spec.OptimizerSpec;
import org.hypernet4j.spec.PrecisionSpec;
import org.hypernet4j.spec.SampleSpec;
import org.hypernet4j.spec.ScheduleSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.spec.Specs;
import org.hypernet4j.spec.TrainingSpec;
import org.hypernet4j.spec.WideResNetSpec;
import org.hypernet4j.spec.XlaSpec;
import org.jspecify.annotations.Nullable;

class SpecPropertyTest {

  @Property(tries = 300)
  void whatIsWrittenReadsBackEqual(@ForAll("experiments") ExperimentSpec spec) {
    String json = SpecWriter.toJson(spec);
    ExperimentSpec back = SpecReader.read(ExperimentSpec.class, json, "back.json");
    assertThat(back).isEqualTo(spec);
    assertThat(SpecWriter.toJson(back)).isEqualTo(json);
    assertThat(SchemaTest.validate(json)).isNull();
  }

  /** Whatever happens to the text of a file, reading it gives a record or one clear line. */
  @Property(tries = 3000)
  void damagedTextGivesARecordOrAUserError(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder(Files.readString(anyFile(random)));
    String alphabet = "{}[]\",:.-+eE0123456789truefalsn \n\\u/\u0000\ufeff\ud800é";
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(text.length());
      char other = alphabet.charAt(random.nextInt(alphabet.length()));
      switch (random.nextInt(5)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.insert(at, other);
        case 2 -> text.setCharAt(at, other);
        case 3 -> text.delete(at, Math.min(text.length(), at + random.nextInt(40)));
        default -> text.insert(at, text.substring(at, Math.min(text.length(), at + 30)));
      }
    }
    readOrRefuse(text.toString());
  }

  /** The same for valid JSON of another structure; what is read also satisfies the schema. */
  @Property(tries = 1500)
  void changedTreesGiveARecordOrAUserError(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    JsonElement tree = JsonParser.parseString(Files.readString(anyFile(random)));
    for (int i = random.nextInt(3); i >= 0; i--) {
      change(tree, random);
    }
    if (readOrRefuse(tree.toString())) {
      assertThat(SchemaTest.validate(tree.toString())).as(tree.toString()).isNull();
    }
  }

  @Property(tries = 1500)
  void anySettingGivesARecordOrAUserError(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    Path file = anyFile(random);
    List<String> settings = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      String path = PATHS.get(random.nextInt(PATHS.size()));
      settings.add(path + "=" + VALUES.get(random.nextInt(VALUES.size())));
    }
    try {
      assertThat(SpecFiles.read(file, settings).forSample()).isNotNull();
    } catch (UserError e) {
      assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
    }
  }

  private static final List<String> PATHS =
      List.of(
          "",
          "name",
          "model",
          "model.type",
          "model.kernel2",
          "model.kernel2.type",
          "model.kernel2.initializer.stddev",
          "data.validation",
          "data.augmentation.pad",
          "training",
          "training.steps",
          "training.epochs",
          "training.optimizer.type",
          "training.optimizer.learningRate",
          "training.optimizer.learningRate.type",
          "training.optimizer.learningRate.values[0]",
          "training.evaluateEvery.steps",
          "training.gradientClip.value",
          "sample",
          "sample.epochs",
          "sample.learningRate.value",
          "x[0].y",
          "training[1]",
          "[0]",
          ".");

  private static final List<String> VALUES =
      List.of(
          "",
          "1",
          "-1",
          "0.5",
          "1e400",
          "99999999999999999999",
          "true",
          "null",
          "plain",
          "sgd",
          "piecewise",
          "cosine",
          "[]",
          "[1, 2]",
          "{}",
          "{",
          "{\"type\": \"none\"}",
          "\"a\"",
          "NaN");

  private static Path anyFile(Random random) {
    List<Path> files = Specs.files();
    return files.get(random.nextInt(files.size()));
  }

  private static boolean readOrRefuse(String text) {
    try {
      ExperimentSpec spec = SpecReader.read(ExperimentSpec.class, text, "fuzz.json");
      assertThat(SpecReader.read(ExperimentSpec.class, SpecWriter.toJson(spec), "back.json"))
          .isEqualTo(spec);
      return true;
    } catch (UserError e) {
      assertThat(e.getMessage()).startsWith("fuzz.json").doesNotContain("\n");
      return false;
    }
  }

  private static void change(JsonElement tree, Random random) {
    List<JsonElement> containers = new ArrayList<>();
    collect(tree, containers);
    JsonElement chosen = containers.get(random.nextInt(containers.size()));
    JsonElement any = parse(random);
    if (chosen instanceof JsonArray array) {
      array.add(any);
    } else if (chosen instanceof JsonObject object) {
      List<String> keys = new ArrayList<>(object.keySet());
      keys.add("extra");
      String key = keys.get(random.nextInt(keys.size()));
      switch (random.nextInt(3)) {
        case 0 -> object.remove(key);
        case 1 -> object.add(key, any);
        default -> {
          JsonElement moved = object.remove(key);
          object.add(keys.get(random.nextInt(keys.size())), moved == null ? any : moved);
        }
      }
    }
  }

  private static JsonElement parse(Random random) {
    List<String> values =
        VALUES.stream()
            .filter(
                v -> !List.of("", "{", "NaN", "plain", "sgd", "piecewise", "cosine").contains(v))
            .toList();
    return JsonParser.parseString(values.get(random.nextInt(values.size())));
  }

  private static void collect(JsonElement tree, List<JsonElement> containers) {
    if (tree instanceof JsonObject object) {
      containers.add(object);
      object.asMap().values().forEach(child -> collect(child, containers));
    } else if (tree instanceof JsonArray array) {
      containers.add(array);
      array.forEach(child -> collect(child, containers));
    }
  }

  @Provide
  Arbitrary<ExperimentSpec> experiments() {
    return Combinators.combine(
            Arbitraries.strings().withChars("abz019._-").ofMinLength(0).ofMaxLength(20),
            Arbitraries.strings().ofMaxLength(30).injectNull(0.3),
            subjects(),
            trainings(),
            samples().injectNull(0.3))
        .as(
            (name, description, subject, training, sample) ->
                new ExperimentSpec(
                    "n" + name, description, subject.model(), subject.data(), training, sample));
  }

  /** A model and data that it can learn from. */
  private record Subject(ModelSpec model, DataSpec data) {}

  private static Arbitrary<Subject> subjects() {
    Arbitrary<AugmentationSpec> augmentations =
        Combinators.combine(Arbitraries.integers().between(0, 64), Arbitraries.of(true, false))
            .as(AugmentationSpec::new);
    Arbitrary<DataSpec> mnist =
        Combinators.combine(Arbitraries.integers().between(1, 59_999), augmentations)
            .as(MnistDataSpec::new);
    Arbitrary<DataSpec> cifar =
        Combinators.combine(
                Arbitraries.integers().between(1, 49_999),
                Arbitraries.longs().between(0, (1L << 53) - 1),
                augmentations)
            .as(Cifar10DataSpec::new);
    return Arbitraries.oneOf(
        Combinators.combine(convNets(), mnist).as(Subject::new),
        Combinators.combine(wideResNets(), cifar).as(Subject::new));
  }

  private static DoubleArbitrary doubles() {
    return Arbitraries.doubles().ofScale(12);
  }

  private static Arbitrary<ModelSpec> wideResNets() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 166),
            Arbitraries.integers().between(1, 64),
            Arbitraries.integers().between(0, 4))
        .as(
            (blocks, width, halvings) ->
                new WideResNetSpec(
                    6 * blocks + 4,
                    width,
                    10,
                    32,
                    new GeneratorSpec.TwoLayerLinear(
                        blocks, width, 0.1, 0, 1, 16 >> halvings, 16 >> halvings, null)));
  }

  private static Arbitrary<ModelSpec> convNets() {
    Arbitrary<Double> stddev = doubles().between(1e-9, 1000);
    Arbitrary<InitializerSpec> initializers =
        Arbitraries.oneOf(
            Arbitraries.of(new InitializerSpec.GlorotUniform(), new InitializerSpec.HeNormal()),
            stddev.map(InitializerSpec.Orthogonal::new),
            stddev.map(s -> new InitializerSpec.TruncatedNormal(-s, s)));
    Arbitrary<Integer> sizes = Arbitraries.integers().between(1, 65_536);
    Arbitrary<Integer> basics = sizes.injectNull(0.5);
    Arbitrary<GeneratorInitialisation> initialisations =
        Arbitraries.of(GeneratorInitialisation.class);
    Arbitrary<List<Integer>> layers = sizes.list().ofMinSize(1).ofMaxSize(3);
    Arbitrary<GeneratorSpec> generators =
        Arbitraries.oneOf(
            initializers.map(GeneratorSpec.Plain::new),
            Combinators.combine(
                    sizes,
                    sizes,
                    stddev,
                    stddev,
                    stddev,
                    basics,
                    basics,
                    initialisations.injectNull(0.5))
                .as(GeneratorSpec.TwoLayerLinear::new),
            Combinators.combine(sizes, initialisations, basics, basics)
                .as(GeneratorSpec.OneLayerLinear::new),
            Combinators.combine(sizes, layers, initialisations, basics, basics)
                .as(GeneratorSpec.Mlp::new),
            Combinators.combine(sizes, sizes, layers, initialisations)
                .as(GeneratorSpec.Chunked::new),
            Combinators.combine(sizes, initialisations).as(GeneratorSpec.Templated::new),
            Combinators.combine(sizes, sizes, initialisations, basics, basics)
                .as(GeneratorSpec.LowRank::new),
            Combinators.combine(layers, sizes, initialisations).as(GeneratorSpec.Coordinate::new),
            Combinators.combine(doubles().between(1e-6, 1), initialisations)
                .as(GeneratorSpec.Dct::new));
    return Combinators.combine(
            Arbitraries.integers().between(1, 1024),
            Arbitraries.integers().between(1, 45),
            generators)
        .as(
            (filters, kernel, generator) ->
                new MnistConvNetSpec(filters, kernel, 10, 28, generator));
  }

  private static Arbitrary<TrainingSpec> trainings() {
    Arbitrary<Integer> counts = Arbitraries.integers().between(1, 1_000_000);
    Arbitrary<@Nullable Double> seconds = doubles().between(0.1, 1e6).injectNull(0.5);
    Arbitrary<@Nullable Integer> steps = counts.injectNull(0.5);
    Arbitrary<CheckpointsSpec> checkpoints =
        Combinators.combine(steps, seconds, Arbitraries.integers().between(1, 10_000))
            .as(CheckpointsSpec::new);
    Arbitrary<ClipSpec> clips =
        Arbitraries.oneOf(
            Arbitraries.of(new ClipSpec.None()),
            doubles().between(1e-9, 1e9).map(ClipSpec.Value::new),
            doubles().between(1e-9, 1e9).map(ClipSpec.GlobalNorm::new));
    return Combinators.combine(
            Arbitraries.longs().between(0, (1L << 53) - 1),
            intervals(),
            counts,
            optimizers(),
            clips,
            doubles().between(0, 1000),
            intervals(),
            checkpoints)
        .as(
            (seed, length, count, optimizer, clip, l2, every, stored) ->
                new TrainingSpec(
                    seed,
                    length.epochs(),
                    length.steps(),
                    count,
                    count,
                    optimizer,
                    clip,
                    l2,
                    every,
                    new EarlyStoppingSpec(count),
                    stored,
                    count,
                    count % 2 == 0 ? XlaSpec.CELL : XlaSpec.STEP,
                    count % 3 == 0 ? PrecisionSpec.BFLOAT16 : PrecisionSpec.FLOAT32,
                    1 + count % 1000,
                    count % 2 == 0 ? List.of() : List.of("conv1", "dense/kernel")));
  }

  private static Arbitrary<SampleSpec> samples() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 59_999), intervals(), schedules(), intervals())
        .as(
            (count, length, rate, every) ->
                new SampleSpec(count, length.epochs(), length.steps(), count, rate, every));
  }

  private static Arbitrary<IntervalSpec> intervals() {
    Arbitrary<Integer> counts = Arbitraries.integers().between(1, 1_000_000);
    return Arbitraries.oneOf(
        counts.map(n -> new IntervalSpec(n, null)), counts.map(n -> new IntervalSpec(null, n)));
  }

  private static Arbitrary<OptimizerSpec> optimizers() {
    Arbitrary<Double> shares = doubles().between(0, 0.9999999);
    Arbitrary<Double> epsilons = doubles().between(1e-9, 1);
    return Arbitraries.oneOf(
        schedules().map(OptimizerSpec.Sgd::new),
        Combinators.combine(schedules(), shares, Arbitraries.of(true, false))
            .as(OptimizerSpec.Momentum::new),
        Combinators.combine(
                schedules(),
                shares,
                shares,
                epsilons,
                Arbitraries.integers().between(1, 1 << 24).injectNull(0.5))
            .as(OptimizerSpec.Adam::new),
        Combinators.combine(schedules(), shares, shares, epsilons).as(OptimizerSpec.RmsProp::new));
  }

  private static Arbitrary<ScheduleSpec> schedules() {
    Arbitrary<Double> tops = doubles().between(1, 1e6);
    Arbitrary<Double> floors = doubles().between(0, 1);
    Arbitrary<Double> decays = doubles().between(1e-9, 1);
    Arbitrary<Integer> steps = Arbitraries.integers().between(1, 1_000_000);
    return Arbitraries.oneOf(
        doubles().between(0, 1e6).map(ScheduleSpec.Constant::new),
        Combinators.combine(tops, decays, floors).as(ScheduleSpec.Exponential::new),
        Combinators.combine(tops, steps, floors)
            .as((peak, n, floor) -> new ScheduleSpec.Cosine(peak, n - 1, n, floor)),
        Combinators.combine(steps, tops.list().ofMinSize(2).ofMaxSize(6))
            .as(
                (step, values) ->
                    new ScheduleSpec.Piecewise(
                        IntStream.range(1, values.size()).mapToObj(i -> i * step).toList(),
                        values)));
  }
}
