package org.airflowappliance.python;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.airflowappliance.licence.SpdxLicence;
import org.airflowappliance.plan.AirflowLine;
import org.airflowappliance.plan.Derived;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.Workbench;

/**
 * The licences of those of the line's Python packages that bring no text: what they say of
 * themselves, and the standard text of that licence, in a folder for each.
 *
 * @param line the Airflow line
 */
public record LicenceTexts(AirflowLine line) implements Derived {
  private static final String FILE = "LICENSE";

  @Override
  public String name() {
    return "licence-texts";
  }

  @Override
  public String recipe() {
    return new Fingerprint().add("licence texts 3", new SitePackages(line).recipe()).hex();
  }

  /** Where the text of a package stands that brings none, from the tree's root. */
  public static String file(Distribution each) {
    return each.normalName() + "/" + FILE;
  }

  @Override
  public void make(Path folder, Workbench workbench) throws IOException {
    for (Distribution each : Distribution.in(workbench.derived(new SitePackages(line)))) {
      if (each.licenceFiles().isEmpty()) {
        Path file = folder.resolve(file(each));
        Files.createDirectories(file.getParent());
        Files.writeString(file, text(each));
      }
    }
  }

  private static String text(Distribution each) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append(each.name()).append(' ').append(each.version());
    text.append(" brings no text of its licence. It says of itself:\n\n");
    for (String field : new String[] {"License-Expression", "License", "Classifier"}) {
      each.field(field).stream()
          .filter(value -> !field.equals("Classifier") || value.startsWith("License ::"))
          .forEach(value -> text.append(field).append(": ").append(value).append('\n'));
    }
    for (String field : new String[] {"Author", "Author-email", "Home-page"}) {
      each.field(field)
          .forEach(value -> text.append(field).append(": ").append(value).append('\n'));
    }
    for (String written : each.licences()) {
      Optional<String> id = SpdxLicence.id(written).or(() -> SpdxLicence.likely(written));
      Optional<String> standard = id.isEmpty() ? id : SpdxLicence.text(id.get());
      standard.ifPresent(
          licence ->
              text.append(
                      "\nThe text of %s in SPDX's list of licences%s:\n\n"
                          .formatted(
                              id.get(),
                              SpdxLicence.likely(written).isEmpty()
                                  ? ""
                                  : ", the usual one of that name"))
                  .append(licence.strip())
                  .append('\n'));
    }
    return text.toString();
  }
}
