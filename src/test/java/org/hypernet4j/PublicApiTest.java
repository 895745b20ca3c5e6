// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The public API as a list in the repository, so that a review sees each change of it: the public
 * types of the packages that the module descriptor exports, with their public and protected
 * members.
 */
class PublicApiTest {
  private static final Path LIST = Path.of("docs", "api.txt");
  private static final Path DESCRIPTOR = Path.of("src/main/module/module-info.java");
  private static final List<String> OF_EVERY_OBJECT = List.of("equals", "hashCode", "toString");
  private static final Pattern PACKAGES = Pattern.compile("\\b(?:[a-z]\\w*\\.)+(?=[A-Z])");

  @Test
  void theListIsWhatTheLibraryOffers() throws IOException {
    String generated = list();
    if (Boolean.getBoolean("api.update")) {
      Files.writeString(LIST, generated);
    }
    assertThat(Files.readString(LIST))
        .as("the public API has changed; run: mvn test -Dtest=PublicApiTest -Dapi.update=true")
        .isEqualTo(generated);
  }

  private static String list() throws IOException {
    List<String> exported =
        Pattern.compile("(?m)^\\s*exports\\s+([\\w.]+)")
            .matcher(Files.readString(DESCRIPTOR))
            .results()
            .map(match -> match.group(1))
            .toList();
    List<? extends Class<?>> types =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(exported).stream()
                .filter(type -> exported.contains(type.getPackageName()))
                .map(JavaClass::reflect)
                .filter(PublicApiTest::isSeen)
                .sorted(Comparator.comparing(Class::getName))
                .toList();
    StringBuilder text = new StringBuilder();
    text.append(types.size()).append(" public types, nested ones included\n");
    String last = "";
    for (Class<?> type : types) {
      if (!type.getPackageName().equals(last)) {
        last = type.getPackageName();
        text.append("\npackage ").append(last).append('\n');
      }
      text.append("  ").append(head(type)).append('\n');
      members(type).forEach(member -> text.append("    ").append(member).append('\n'));
    }
    return text.toString();
  }

  /** Whether a user can name the type: it and every type around it is public. */
  private static boolean isSeen(Class<?> type) {
    for (Class<?> each = type; each != null; each = each.getEnclosingClass()) {
      if (!Modifier.isPublic(each.getModifiers())) {
        return false;
      }
    }
    return !type.isAnonymousClass() && !type.isLocalClass();
  }

  private static String head(Class<?> type) {
    String kind =
        type.isAnnotation()
            ? "@interface"
            : type.isInterface()
                ? "interface"
                : type.isEnum() ? "enum" : type.isRecord() ? "record" : "class";
    String above =
        type.getSuperclass() == null
                || List.of(Object.class, Record.class, Enum.class).contains(type.getSuperclass())
            ? ""
            : " extends " + plain(type.getGenericSuperclass().getTypeName());
    return kind + " " + plain(type.getName().replace('$', '.')) + above;
  }

  private static TreeSet<String> members(Class<?> type) {
    TreeSet<String> members = new TreeSet<>();
    for (Field field : type.getDeclaredFields()) {
      if (isOffered(field.getModifiers(), field.isSynthetic())) {
        members.add(plain(field.toGenericString()));
      }
    }
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      if (isOffered(constructor.getModifiers(), constructor.isSynthetic())) {
        members.add(plain(constructor.toGenericString()));
      }
    }
    for (Method method : type.getDeclaredMethods()) {
      if (isOffered(method.getModifiers(), method.isSynthetic())
          && !OF_EVERY_OBJECT.contains(method.getName())) {
        members.add(plain(method.toGenericString()));
      }
    }
    return members;
  }

  private static boolean isOffered(int modifiers, boolean synthetic) {
    return !synthetic && (Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers));
  }

  /** Without packages, and without the type that the line stands under. */
  private static String plain(String signature) {
    return PACKAGES.matcher(signature.replace('$', '.')).replaceAll("");
  }
}
