package org.hypernet4j.cli;

import java.util.Arrays;
import java.util.Iterator;
import org.hypernet4j.error.UserError;
import org.hypernet4j.experiment.TrainedClassifier.Form;
import picocli.CommandLine.ITypeConverter;

/** The forms of an export as words of the command line. */
final class FormNames implements ITypeConverter<Form>, Iterable<String> {
  @Override
  public Form convert(String word) {
    return Arrays.stream(Form.values())
        .filter(form -> form.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                UserError.in("--form")
                    .what("not a form of export")
                    .expected(String.join(" or ", this))
                    .received("'" + word + "'")
                    .build());
  }

  @Override
  public Iterator<String> iterator() {
    return Arrays.stream(Form.values()).map(Form::word).iterator();
  }
}
