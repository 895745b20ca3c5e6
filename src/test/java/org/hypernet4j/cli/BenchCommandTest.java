// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.hypernet4j.fixtures.Cli;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code bench --placement}: counts against those of the net's own layers. */
class BenchCommandTest {
  private static Map<String, JsonObject> placement(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("bench", "graphs/mnist-hyper.json", "--set", "training.batchSize=20"));
    arguments.addAll(List.of("--steps", "2", "--placement", "--threads", "1", "--json"));
    arguments.addAll(List.of(more));
    Cli cli = Cli.run(arguments.toArray());
    assertThat(cli.exitCode()).as(String.join(" ", cli.err())).isZero();
    Map<String, JsonObject> devices = new TreeMap<>();
    JsonArray all = cli.json().getAsJsonArray("placement");
    for (JsonElement one : all) {
      devices.put(one.getAsJsonObject().get("device").getAsString(), one.getAsJsonObject());
    }
    return devices;
  }

  /** Ops of a step whose kind, under whatever name oneDNN gives it, has this in it. */
  private static int count(Map<String, JsonObject> on, String device, String part) {
    int count = 0;
    for (JsonElement kind : Objects.requireNonNull(on.get(device)).getAsJsonArray("kinds")) {
      if (kind.getAsJsonObject().get("type").getAsString().contains(part)) {
        count += kind.getAsJsonObject().get("ops").getAsInt();
      }
    }
    return count;
  }

  @Test
  void twoReplicasRunTheNetTwice() {
    Map<String, JsonObject> one = placement();
    Map<String, JsonObject> two = placement("--devices", "CPU:0,CPU:1", "--no-soft-placement");

    assertThat(one.keySet()).containsExactly("CPU:0");
    assertThat(two.keySet()).containsExactly("CPU:0", "CPU:1");
    requireOneNet(one, "CPU:0");
    requireOneNet(two, "CPU:0");
    requireOneNet(two, "CPU:1");
    // parameters are updated in one place
    assertThat(count(two, "CPU:0", "ResourceApplyAdam")).isPositive();
    assertThat(count(two, "CPU:1", "ResourceApplyAdam")).isZero();
  }

  /** Two convolutions; the images need no gradient, so that one has one of its input. */
  private static void requireOneNet(Map<String, JsonObject> on, String device) {
    assertThat(count(on, device, "Conv2DBackpropFilter")).isEqualTo(2);
    assertThat(count(on, device, "Conv2DBackpropInput")).isEqualTo(1);
    assertThat(count(on, device, "Conv2D")).isEqualTo(5);
  }

  @Test
  void aCompiledStepIsOneOp() {
    Map<String, JsonObject> compiled = placement("--set", "training.xla=step");

    assertThat(count(compiled, "CPU:0", "Conv2D")).isZero();
    assertThat(count(compiled, "CPU:0", "StatefulPartitionedCall")).isEqualTo(1);
  }

  /** Bars of the trace are the ops that {@code --placement} counts, each where it ran. */
  @Test
  void theTraceHoldsEachOpOnce(@TempDir Path folder) throws IOException {
    Path plain = folder.resolve("step.json");
    Path compressed = folder.resolve("step.json.gz");
    int ops = op(placement("--trace", plain.toString()), "CPU:0");
    JsonObject trace = JsonParser.parseString(Files.readString(plain)).getAsJsonObject();
    placement("--trace", compressed.toString());
    String unpacked;
    try (var in = new GZIPInputStream(Files.newInputStream(compressed))) {
      unpacked = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    int bars = 0;
    int convolutions = 0;
    for (JsonElement element : trace.getAsJsonArray("traceEvents")) {
      JsonObject event = element.getAsJsonObject();
      if (event.get("ph").getAsString().equals("X")) {
        bars++;
        convolutions += event.get("name").getAsString().contains("Conv2D") ? 1 : 0;
        assertThat(event.get("ts").getAsDouble()).isGreaterThanOrEqualTo(0);
        assertThat(event.get("dur").getAsDouble()).isGreaterThanOrEqualTo(0);
      } else {
        assertThat(event.getAsJsonObject("args").get("name").getAsString()).isEqualTo("CPU:0");
      }
    }
    assertThat(bars).isEqualTo(ops);
    assertThat(convolutions).isEqualTo(5); // as in requireOneNet
    assertThat(JsonParser.parseString(unpacked).getAsJsonObject().keySet())
        .containsExactly("displayTimeUnit", "traceEvents");
  }

  @Test
  void aTraceThatCannotBeWrittenIsRefusedAtOnce() {
    Cli cli = Cli.run("bench", "graphs/mnist-hyper.json", "--trace", "no/such/folder/step.json");
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err().get(0)).startsWith("error: --trace: cannot be a file; expected a file in");
  }

  /** A run or an exported model is timed symbol by symbol: nothing there is traced or trained. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--trace step.json",
        "--placement",
        "--set training.batchSize=2",
        "--steps 3",
        "--threads 1",
        "--devices CPU:0",
        "--no-soft-placement"
      })
  void optionsOfTrainingAreRefusedForAModel(String options, @TempDir Path model) {
    List<Object> words = new ArrayList<>(List.of("bench", model));
    words.addAll(List.of(options.split(" ")));
    Cli cli = Cli.run(words.toArray());
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).hasSize(1);
    assertThat(cli.err().get(0))
        .startsWith("error: " + words.get(2) + ": is for training steps, which need a spec");
    assertThat(model).isEmptyDirectory();
  }

  private static int op(Map<String, JsonObject> on, String device) {
    return Objects.requireNonNull(on.get(device)).get("ops").getAsInt();
  }
}
