// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.checkpoint.CheckpointFolder;
import org.hypernet4j.error.UserError;
import org.hypernet4j.image.ImageExperiment;
import org.hypernet4j.image.ImageRun;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.json.SpecWriter;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.train.SessionOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which folder a training gets, which it goes on with, and that it has it to itself. */
class RunFolderTest {
  @TempDir Path base;

  private static ExperimentSpec spec(String... overrides) {
    List<String> all = new ArrayList<>(List.of("model.filters=2", "training.batchSize=10"));
    all.addAll(List.of(overrides));
    return SpecFiles.read(Path.of("graphs", "mnist-hyper.json"), all);
  }

  private Path runs() {
    return base.resolve("mnist-hyper");
  }

  private TrainOptions options(boolean resume) {
    return new TrainOptions(null, base, null, resume, new SessionOptions(1, true));
  }

  /** A checkpoint as the run of that specification would leave it, but for its values. */
  private static Checkpoint checkpoint(ImageExperiment experiment, long step) {
    return new Checkpoint(
        step,
        1,
        SpecWriter.toJson(experiment.specification()),
        experiment.data().fingerprint(),
        java.util.Map.of("weights", NpyArray.of(new float[] {1}, 1)),
        new com.google.gson.JsonObject());
  }

  @Test
  void manyAtOnceGetAFolderEach() throws Exception {
    ExperimentSpec spec = spec();
    int many = 16;
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      List<Callable<RunFolder>> tasks = new ArrayList<>();
      for (int i = 0; i < many; i++) {
        tasks.add(() -> RunFolder.next(base, spec));
      }
      Set<Path> paths = new HashSet<>();
      for (Future<RunFolder> folder : pool.invokeAll(tasks)) {
        paths.add(folder.get().path());
      }
      assertThat(paths).hasSize(many).allSatisfy(path -> assertThat(path).isNotEmptyDirectory());
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void onlyOneTrainingHasAFolder() throws IOException {
    try (ImageExperiment first = ImageExperiment.prepare(spec(), options(false))) {
      Path run = first.folder().path();
      assertThatThrownBy(() -> ImageExperiment.prepare(spec(), options(true)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("another training runs in this folder");
      // the attempt above did not let go of the lock that other processes see
      assertThatThrownBy(() -> lock(run.resolve("lock")))
          .isInstanceOf(java.nio.channels.OverlappingFileLockException.class);
    }
    ImageExperiment.prepare(spec(), options(true)).close();
  }

  private static void lock(Path file) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw");
        FileLock lock = open.getChannel().tryLock()) {
      assertThat(lock).isNull();
    }
  }

  @Test
  @Timeout(60)
  void anotherProcessKeepsOut() throws Exception {
    Path run;
    try (ImageExperiment first = ImageExperiment.prepare(spec(), options(false))) {
      run = first.folder().path();
    }
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                run.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(holder.getInputStream().read()).isEqualTo('h');
      assertThatThrownBy(() -> ImageExperiment.prepare(spec(), options(true)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("another training runs in this folder");
    } finally {
      holder.getOutputStream().close(); // its signal to end
      holder.waitFor();
    }
    ImageExperiment.prepare(spec(), options(true)).close();
  }

  /** A process that trains, as far as the lock is concerned, until its input ends. */
  static final class Holder {
    public static void main(String[] args) throws IOException {
      try (RunLock lock = RunLock.take(Path.of(args[0]))) {
        System.out.print(lock.isHeld() ? 'h' : '-');
        System.out.flush();
        while (System.in.read() >= 0) {
          // nothing is sent
        }
      }
    }
  }

  @Test
  void nothingIsMadeForASpecificationThatCannotBeTrained() {
    assertThatThrownBy(
            () ->
                ImageExperiment.prepare(
                    spec(
                        "sample={\"validation\":1000}",
                        "training.optimizer={\"type\":\"sgd\",\"learningRate\":{\"type\":\"cosine\","
                            + "\"peak\":0.1,\"warmupSteps\":20,\"totalSteps\":10,\"floor\":0}}"),
                    options(false)))
        .isInstanceOf(UserError.class);
    assertThat(runs()).doesNotExist();
  }

  @Test
  void aRunWithoutCheckpointsDoesNotHideAnOlderOne() throws IOException {
    try (ImageExperiment first = ImageExperiment.prepare(spec(), options(false))) {
      first.folder().checkpoints(1).save(checkpoint(first, 7));
    }
    ImageExperiment.prepare(spec(), options(false)).close();
    Files.createDirectories(runs().resolve("3")); // killed before it wrote anything
    try (ImageExperiment resumed = ImageExperiment.prepare(spec(), options(true))) {
      assertThat(resumed.folder().path()).isEqualTo(runs().resolve("1"));
      assertThat(resumed.startStep()).isEqualTo(7);
    }
  }

  @Test
  void aRunWithoutCheckpointsBeginsAgainWithItsOwnSpecificationOnly() {
    ImageExperiment.prepare(spec(), options(false)).close();
    try (ImageExperiment resumed = ImageExperiment.prepare(spec(), options(true))) {
      assertThat(resumed.folder().path()).isEqualTo(runs().resolve("1"));
      assertThat(resumed.startStep()).isZero();
    }
    assertThatThrownBy(() -> ImageExperiment.prepare(spec("training.seed=9"), options(true)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected training.seed = 1, received 9");
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aBestCheckpointOfAnotherModelIsOneErrorAndNoHang() {
    Path run;
    try (ImageExperiment experiment = ImageExperiment.prepare(spec(), options(false))) {
      run = experiment.folder().path();
      new CheckpointFolder(run.resolve("checkpoints"), 1).saveBest(checkpoint(experiment, 7));
    }
    assertThatThrownBy(() -> ImageRun.open(run).best())
        .isInstanceOf(UserError.class)
        .hasMessageContaining("belongs to another model or optimizer");
  }
}
