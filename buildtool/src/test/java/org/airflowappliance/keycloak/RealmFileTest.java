package org.airflowappliance.keycloak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.airflowappliance.Goldens;
import org.junit.jupiter.api.Test;

class RealmFileTest {
  @Test
  void theExampleIsTheGolden() throws IOException {
    new Goldens("homelab")
        .compare("keycloak", Map.of("keycloak/realm.json", Fragments.example().json()));
  }

  @Test
  void machinesAreClientsOfTheirOwn() throws IOException {
    new Goldens("machines")
        .compare(
            "keycloak",
            Map.of("keycloak/realm.json", Fragments.machines("{ci: User, backup: Op}").json()));
  }

  @Test
  void theReleaseHasOneFile() {
    assertThat(new RealmFile().plan(Fragments.blueprint("{}"), List.of()))
        .extracting(each -> each.path().value(), each -> each.kind())
        .hasToString("[(\"keycloak/realm.json\", \"keycloak\")]");
  }

  @Test
  void noSecretIsInIt() {
    assertThat(Fragments.machines("{ci: User}").json()).doesNotContain("\"secret\"");
  }
}
