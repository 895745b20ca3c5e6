// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.image;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hypernet4j.build.SpecModels;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.Provenance;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.export.publish.FormComparison;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.graph.Role;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.run.ExportForm;
import org.hypernet4j.run.InferenceSession;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.ModelSpec;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/** The export of a trained classifier, in both forms. */
final class ClassifierExport {
  private static final int[] REFERENCE_BATCHES = {1, 7, 32};

  private final ExperimentSpec spec;
  private final InferenceSession<ClassifierGraph> opened;

  ClassifierExport(ExperimentSpec spec, InferenceSession<ClassifierGraph> opened) {
    this.spec = spec;
    this.opened = opened;
  }

  ExportRequest request(
      ExportForm form, List<ReferenceCase> references, Provenance provenance, Path base) {
    ModelSpec exported = form == ExportForm.BAKED ? SpecModels.baked(spec.model()) : spec.model();
    String name = form.nameOf(spec);
    return new ExportRequest(
            name,
            form.word(),
            target -> List.of(signature(ClassifierGraph.of(target, exported).outputs())),
            values(form),
            references,
            base.resolve(name))
        .withProvenance(provenance);
  }

  Optional<FormComparison> compareForms(
      List<ReferenceCase> references, Path base, ExportForm form) {
    if (opened.model().model().generatedKernels().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        FormComparison.of(
            request(ExportForm.GENERATED, references, Provenance.UNKNOWN, base),
            request(ExportForm.BAKED, references, Provenance.UNKNOWN, base),
            base.resolve(form.nameOf(spec))));
  }

  private Map<String, float[]> values(ExportForm form) {
    Map<String, Operand<TFloat32>> generated = opened.model().model().generatedKernels();
    List<Parameter> all = opened.store().model();
    if (form == ExportForm.GENERATED || generated.isEmpty()) {
      return ParameterValues.read(opened.session(), all);
    }
    List<Parameter> kept =
        all.stream().filter(p -> p.role() != Role.GENERATOR && p.role() != Role.EMBEDDING).toList();
    Map<String, float[]> values = ParameterValues.read(opened.session(), kept);
    generated.forEach((name, kernel) -> values.put(name, opened.fetch(kernel)));
    return values;
  }

  /** Reference cases from any session whose graph holds the model's outputs. */
  static List<ReferenceCase> references(
      Session session, ClassifierOutputs outputs, LabeledImages images) {
    List<ReferenceCase> cases = new ArrayList<>();
    for (LabeledImages batch :
        ImageClassificationTask.referenceBatches(images, REFERENCE_BATCHES)) {
      NpyArray input =
          NpyArray.of(
              ImageEvaluator.scaled(batch.pixels()),
              ImageEvaluator.shape(batch, batch.count()).asArray());
      cases.add(ReferenceCase.record(session, signature(outputs), Map.of("image", input)));
    }
    return cases;
  }

  private static ServingSignature signature(ClassifierOutputs outputs) {
    Map<String, Operand<?>> out = new LinkedHashMap<>();
    out.put("logits", outputs.logits());
    out.put("probabilities", outputs.probabilities());
    out.put("class", outputs.classes());
    return new ServingSignature(
        ServingSignature.DEFAULT_KEY, Map.of("image", outputs.image()), out);
  }
}
