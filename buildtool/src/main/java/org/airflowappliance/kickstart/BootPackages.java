package org.airflowappliance.kickstart;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.airflowappliance.debian.DebPackage;
import org.airflowappliance.lock.Pin;
import org.airflowappliance.plan.Derived;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.Workbench;

/**
 * The packages of the boot loaders, unpacked.
 *
 * @param suite the release of Debian that they are from
 * @param pins the locked packages
 */
record BootPackages(String suite, List<Pin> pins) implements Derived {
  BootPackages {
    pins = List.copyOf(pins);
  }

  @Override
  public String name() {
    return "boot-loaders";
  }

  @Override
  public String recipe() {
    Fingerprint all = new Fingerprint().add("boot loaders 1");
    pins.forEach(pin -> all.add(pin.sha256()));
    return all.hex();
  }

  @Override
  public void make(Path folder, Workbench workbench) throws IOException {
    for (Pin pin : pins) {
      new DebPackage(workbench.pinned(pin)).unpack(folder);
    }
  }
}
