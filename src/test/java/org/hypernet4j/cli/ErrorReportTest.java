// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.NotVerifiedException;
import org.hypernet4j.export.VerificationReport;
import org.hypernet4j.train.Prefetcher;
import org.junit.jupiter.api.Test;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFResourceExhaustedException;
import org.tensorflow.exceptions.TensorFlowException;

class ErrorReportTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int report(Throwable error) {
    PrintStream stream = new PrintStream(err, true, UTF_8);
    return new ErrorReport(new Terminal(stream, stream), new String[] {"train"}).of(error);
  }

  private String line() {
    assertThat(err.toString(UTF_8).lines()).hasSize(1);
    return err.toString(UTF_8).strip();
  }

  /** The message as TensorFlow 2.18 gives it on a CPU. */
  @Test
  void aTensorThatFindsNoRoomIsNamedWithItsSize() {
    int code =
        report(
            new TFResourceExhaustedException(
                "OOM when allocating tensor with shape[200000,16,28,28] and type float on"
                    + " /job:localhost/replica:0/task:0/device:CPU:0 by allocator cpu\n"
                    + "\t [[{{node model/conv1/Conv2D}}]]"));

    assertThat(code).isEqualTo(2);
    // 200000 * 16 * 28 * 28 * 4 bytes = 10.04 GB
    assertThat(line())
        .startsWith("error: memory: ")
        .contains("shape [200000,16,28,28] and type float (10.0 GB) on CPU:0")
        .contains("training.batchSize", "model.filters")
        .doesNotContain("bug");
  }

  @Test
  void exhaustionWithoutATensorKeepsTheNativeMessage() {
    assertThat(report(new TFResourceExhaustedException("failed to allocate\nmemory"))).isEqualTo(2);
    assertThat(line()).contains("(failed to allocate memory)", "training.batchSize");
  }

  private static final List<String> NVIDIA_SMI = List.of("NVIDIA H200, 9.0, 143771 MiB, 312 MiB");

  /** The message as TensorFlow gives it on a GPU, with the hint that it adds. */
  @Test
  void aTensorThatFindsNoRoomOnAGpuIsNamedWithWhatIsFree() {
    String told =
        MemoryErrors.explain(
            new TFResourceExhaustedException(
                "2 root error(s) found.\n"
                    + "  (0) RESOURCE_EXHAUSTED: OOM when allocating tensor with"
                    + " shape[100,128,5000] and type float on"
                    + " /job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc\n"
                    + "\t [[{{node training/Scan}}]]\nHint: If you want to see a list of"
                    + " allocated tensors when OOM happens, add report_tensor_allocations_upon_oom"
                    + " to RunOptions for current allocation info.\n"),
            () -> NVIDIA_SMI);

    // 100 * 128 * 5000 * 4 bytes = 256 MB
    assertThat(told)
        .isEqualTo(
            "memory: TensorFlow has no room for a tensor of shape [100,128,5000] and type float"
                + " (256.0 MB) on GPU:0; beside what it holds already: 312 MiB of 143771 MiB free"
                + " on NVIDIA H200. Make training.batchSize, training.evaluateBatchSize or the"
                + " model smaller (model.filters; for text model.cell.units and"
                + " data.sequenceLength).");
  }

  /** The message as XLA gives it. */
  @Test
  void bytesThatFindNoRoomAreCounted() {
    assertThat(
            MemoryErrors.explain(
                new TFResourceExhaustedException(
                    "Out of memory while trying to allocate 4294967296 bytes."),
                List::of))
        .startsWith("memory: TensorFlow has no room for 4.3 GB. Make training.batchSize");
  }

  @Test
  void aFullGpuIsNoBugEither() {
    for (String message :
        List.of(
            "Dst tensor is not initialized.",
            "failed initializing StreamExecutor for CUDA device ordinal 0: INTERNAL: failed call to"
                + " cuDevicePrimaryCtxRetain: CUDA_ERROR_OUT_OF_MEMORY: out of memory; total memory"
                + " reported: 150754820096")) {
      assertThat(MemoryErrors.explain(new TensorFlowException(message), () -> NVIDIA_SMI))
          .contains("memory: ", message, "312 MiB of 143771 MiB free", "training.batchSize");
    }
    assertThat(report(new TensorFlowException("Dst tensor is not initialized."))).isEqualTo(2);
  }

  /** As XLA puts it for an op that it does not have. */
  @Test
  void whatXlaCannotCompileIsNoBug() {
    String message =
        "Detected unsupported operations when trying to compile graph training_step[] on"
            + " XLA_GPU_JIT: Enter (No registered 'Enter' OpKernel for XLA_GPU_JIT devices)";
    assertThat(report(new TFInvalidArgumentException(message))).isEqualTo(2);
    assertThat(line())
        .isEqualTo(
            "error: training.xla: XLA cannot compile this training ("
                + message
                + "). Set it to 'cell' or 'off'.");
  }

  /** As TensorFlow put it on an H200 where libdevice was hidden. */
  @Test
  void aKernelThatCannotBeCompiledIsNoBug() {
    String message =
        "2 root error(s) found. (0) UNKNOWN: JIT compilation failed. [[{{node"
            + " optimizer/adam/Sqrt}}]]";
    assertThat(report(new TFInvalidArgumentException(message))).isEqualTo(2);
    assertThat(line())
        .startsWith("error: --gpu: TensorFlow cannot compile a kernel of its own (" + message)
        .endsWith("'./hypernet4j doctor --gpu' shows whether it finds libdevice.10.bc.");
  }

  /** As TensorFlow puts it where soft placement is off. */
  @Test
  void whatCannotBePlacedIsNoBug() {
    String message =
        "Cannot assign a device for operation training/replica_0: Could not satisfy explicit device"
            + " specification '/device:GPU:0'";
    assertThat(report(new TFInvalidArgumentException(message))).isEqualTo(2);
    assertThat(line()).startsWith("error: --no-soft-placement: ").contains(message);
  }

  @Test
  void heapThatRunsOutInAnotherThreadIsToldAsMemory() {
    try (Prefetcher<Long> ahead =
        new Prefetcher<>(
            "batches",
            0,
            1,
            step -> {
              throw new OutOfMemoryError("Java heap space");
            })) {
      Throwable caught = null;
      try {
        ahead.next();
      } catch (Throwable e) {
        caught = new IllegalStateException("step 1 could not be made", e);
      }
      assertThat(caught).isNotNull();
      assertThat(report(caught)).isEqualTo(2);
    }
    assertThat(line()).contains("the Java heap of", "-Xmx");
  }

  /** The message as JavaCPP gives it. */
  @Test
  void memoryOutsideTheHeapIsNotCalledTheHeap() {
    assertThat(
            report(
                new OutOfMemoryError(
                    "Physical memory usage is too high: physicalBytes (4101M) >"
                        + " maxPhysicalBytes (4096M)")))
        .isEqualTo(2);
    assertThat(line())
        .contains("physicalBytes (4101M)", "training.batchSize")
        .doesNotContain("heap");
  }

  /** As {@code verify} does, and with the fault's name. */
  @Test
  void anExportThatDoesNotVerifyExitsWithOne() {
    VerificationReport report =
        new VerificationReport(
            Path.of("models/digits/.export-1"),
            List.of(new Fault(Fault.Kind.DIFFERENCE, "case 0, logits: 1 of\n 15 numbers")),
            List.of(),
            List.of(),
            3,
            0,
            VerificationReport.Timings.NONE);

    assertThat(report(new NotVerifiedException("digits", Path.of("models/digits"), report)))
        .isEqualTo(1);
    assertThat(line())
        .startsWith("error: model 'digits': failed its verification and was not published")
        .contains("difference: case 0, logits: 1 of 15 numbers");
  }

  @Test
  void otherNativeErrorsAreOneLineAndABug() {
    assertThat(report(new TFInvalidArgumentException("Incompatible shapes:\n [2] vs. [3]")))
        .isEqualTo(70);
    assertThat(line())
        .startsWith("error: TensorFlow: Incompatible shapes: [2] vs. [3]; this is a bug")
        .doesNotContain("org.tensorflow");
  }

  @Test
  void errorsOfTheMachineThatAreNotMemoryAreBugs() {
    assertThat(report(new StackOverflowError())).isEqualTo(70);
    assertThat(line()).contains("internal: java.lang.StackOverflowError", "this is a bug");
  }
}
