// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.image.ImageFamily;
import org.hypernet4j.language.LanguageFamily;
import org.hypernet4j.run.ExportForm;
import org.hypernet4j.run.StepSize;
import org.hypernet4j.spec.ModelSpec;
import org.junit.jupiter.api.Test;

/** Each model that a specification can ask for belongs to one family. */
class ModelFamiliesTest {
  @Test
  void everyModelHasOneFamily() {
    List<Class<? extends ModelSpec>> all =
        ModelFamilies.all().stream()
            .<Class<? extends ModelSpec>>flatMap(f -> f.models().stream())
            .toList();
    assertThat(all).doesNotHaveDuplicates().containsExactlyInAnyOrder(permitted());
  }

  @SuppressWarnings("unchecked") // what ModelSpec permits are ModelSpecs
  private static Class<? extends ModelSpec>[] permitted() {
    return (Class<? extends ModelSpec>[]) ModelSpec.class.getPermittedSubclasses();
  }

  @Test
  void languageHasNoBakedForm() {
    new ImageFamily().requireForm(ExportForm.BAKED);
    new LanguageFamily().requireForm(ExportForm.GENERATED);
    assertThatThrownBy(() -> new LanguageFamily().requireForm(ExportForm.BAKED))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "form: a language model has no baked form: its weights change with every symbol;"
                + " expected generated, received baked.");
  }

  @Test
  void stepSizeInWords() {
    assertThat(new StepSize(32, null).describe()).isEqualTo("32 examples");
    assertThat(new StepSize(32, 50).describe()).isEqualTo("32 streams of 50 symbols");
  }
}
