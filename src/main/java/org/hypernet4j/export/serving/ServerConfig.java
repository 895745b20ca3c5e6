// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.serving;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.hypernet4j.export.Manifest;

/** Text files to start TensorFlow Serving with. */
final class ServerConfig {
  /**
   * Batch sizes that a batching server runs, ascending; a smaller batch is padded to the next one.
   */
  static final List<Integer> BATCH_SIZES = List.of(1, 8, 32);

  private static final int LENGTHS_RANK = 1;

  private ServerConfig() {}

  /** For {@code --model_config_file}: more models can be added to the list. */
  static String models(String model) {
    return """
    # Where this model's versions are: here as in the container of README.md.
    model_config_list {
      config {
        name: '%s'
        base_path: '/models/%s'
        model_platform: 'tensorflow'
      }
    }
    """
        .formatted(model, model);
  }

  /** For {@code --enable_batching --batching_parameters_file}. */
  static String batching(Map<String, Manifest.SignatureEntry> signatures) {
    return """
    # Requests that come within a millisecond are run together, in batches of the allowed sizes.
    max_batch_size { value: %d }
    batch_timeout_micros { value: 1000 }
    max_enqueued_batches { value: 100 }
    num_batch_threads { value: 2 }
    %s
    """
            .formatted(
                BATCH_SIZES.get(BATCH_SIZES.size() - 1),
                BATCH_SIZES.stream()
                    .map(size -> "allowed_batch_sizes: " + size)
                    .collect(Collectors.joining("\n")))
        + padding(signatures);
  }

  /**
   * A server can fill requests of different length up to the longest. Where the model does not
   * receive the lengths, that changes its outputs; an error is better.
   */
  private static String padding(Map<String, Manifest.SignatureEntry> signatures) {
    List<String> unsafe =
        signatures.entrySet().stream()
            .filter(entry -> hasUnknownLength(entry.getValue()) && !hasLengths(entry.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    if (!unsafe.isEmpty()) {
      return """
      # %s takes no lengths: filled up to those of other requests it would give other answers.
      # Requests of different length that meet in a batch are refused.
      pad_variable_length_inputs: false
      """
          .formatted(String.join(", ", unsafe));
    }
    return signatures.values().stream().anyMatch(ServerConfig::hasUnknownLength)
        ? "pad_variable_length_inputs: true\n"
        : "";
  }

  private static boolean hasUnknownLength(Manifest.SignatureEntry signature) {
    return signature.inputs().values().stream()
        .anyMatch(input -> input.shape().stream().skip(1).anyMatch(size -> size == -1));
  }

  private static boolean hasLengths(Manifest.SignatureEntry signature) {
    return signature.inputs().entrySet().stream()
        .anyMatch(
            input ->
                input.getKey().endsWith("lengths")
                    && input.getValue().shape().size() == LENGTHS_RANK);
  }
}
