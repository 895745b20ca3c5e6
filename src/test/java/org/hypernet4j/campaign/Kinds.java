// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hypernet4j.checkpoint.CheckpointFile;
import org.hypernet4j.io.Npz;
import org.hypernet4j.io.internal.TensorBundle;
import org.tensorflow.proto.DataType;

/** All kinds of faults, the longest first: the two lanes then end at about the same time. */
final class Kinds {
  private static final String INDEX = ".index";

  private Kinds() {}

  static List<FaultKind> all() {
    return List.of(
        new FlippedModel(),
        new InterruptedTraining(false, true),
        new InterruptedTraining(true, true),
        new InterruptedTraining(false, false),
        new InterruptedTraining(true, false),
        new InterruptedExport(false),
        new InterruptedExport(true),
        new TerminalStop(),
        new DamagedRun(),
        new QuietCommands(),
        new LevelMemory(),
        new LevelPredictions(),
        new EightThreads(
            "predicting-threads",
            "every answer is that of one thread alone; `close()` returns within 20 s and later calls"
                + " are refused; less than 64 MiB more memory",
            PredictingThreads.class,
            attempt -> List.of(attempt.materials().model(true), attempt.seed(), 20)),
        new EightThreads(
            "building-threads",
            "8 threads build and train 20 graphs each, and come to the loss of one thread alone",
            BuildingThreads.class,
            attempt -> List.of(attempt.seed(), 20)),
        new EightThreads(
            "prefetching-threads",
            "items come in order, and closing never hangs",
            PrefetchingThreads.class,
            attempt -> List.of(attempt.seed(), 1000)),
        new FullDisk(),
        new FileSizeLimit(),
        new FullTemporaryFolder(),
        new TwoTrainings(),
        new PublishingWithReader(),
        new MisusedApi(),
        new OddCalls(),
        new MisusedCommand(),
        new DamagedWeights(),
        new EditedManifest(),
        new DamagedSpecification(true),
        new DamagedSpecification(false),
        new DamagedData("cifar", 100),
        new DamagedData("idx", 300),
        new DamagedData("ptb", 300),
        new DamagedData("text", 300),
        flippedCheckpoint(),
        flippedIndex(),
        flippedNpz());
  }

  static FaultKind named(String name) {
    return Stream.concat(all().stream(), Rehearsed.ALL.stream())
        .filter(kind -> kind.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no kind '" + name + "'"));
  }

  private static FaultKind flippedCheckpoint() {
    return new FlippedFile<>(
        "flipped-checkpoint",
        materials -> materials.run(true).resolve("checkpoints/best.ckpt"),
        materials -> List.of(),
        CheckpointFile::read,
        (sound, read) -> read.equals(sound));
  }

  /** The index of a TensorFlow checkpoint; its data lie, sound, beside it. */
  private static FaultKind flippedIndex() {
    return new FlippedFile<>(
        "flipped-index",
        materials -> materials.model(true).resolve("variables/variables" + INDEX),
        materials ->
            List.of(materials.model(true).resolve("variables/variables.data-00000-of-00001")),
        Kinds::bundle,
        (sound, read) -> read.equals(sound));
  }

  private static Map<String, List<Object>> bundle(Path index) {
    String path = index.toString();
    TensorBundle bundle =
        TensorBundle.open(Path.of(path.substring(0, path.length() - INDEX.length())));
    Map<String, List<Object>> contents = new LinkedHashMap<>();
    bundle
        .tensors()
        .forEach(
            (name, tensor) ->
                contents.put(
                    name,
                    List.of(
                        tensor.toString(),
                        tensor.type() == DataType.DT_STRING
                            ? new String(bundle.readText(name), ISO_8859_1)
                            : bundle.read(name))));
    return contents;
  }

  /** The names in an archive have no checksum: an array may be lost under another, not changed. */
  private static FaultKind flippedNpz() {
    return new FlippedFile<>(
        "flipped-npz",
        Materials::weights,
        materials -> List.of(),
        Npz::read,
        (sound, read) ->
            sound.entrySet().stream()
                .allMatch(
                    entry ->
                        entry
                            .getValue()
                            .equals(read.getOrDefault(entry.getKey(), entry.getValue()))));
  }
}
