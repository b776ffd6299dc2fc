package org.airflowappliance.kickstart;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.airflowappliance.lock.Pin;
import org.airflowappliance.lock.StoreProblem;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.PinRows;
import org.airflowappliance.plan.ReleasePath;

/**
 * Kernel and initrd of Rocky's installer: on its mirror, or copied into the release.
 *
 * @param tree the folder of the mirror that has images/pxeboot
 * @param kernel address of the kernel
 * @param initrd address of the initrd
 * @param copies what is copied into the release
 */
public record Installer(URI tree, URI kernel, URI initrd, List<Artifact> copies) {
  /** Digests of what can be copied, below the definitions. */
  public static final String LOCK = "kickstart/pxe/installer.lock";

  private static final String FOLDER = "pxe/installer/";
  private static final String KERNEL = "vmlinuz";
  private static final String INITRD = "initrd.img";

  public Installer {
    copies = List.copyOf(copies);
  }

  static Installer of(Blueprint blueprint) {
    URI tree =
        blueprint
            .cluster()
            .provisioning()
            .rockyMirror()
            .map(mirror -> URI.create(mirror + "/" + RockyTree.BASE))
            .orElseGet(() -> BootLoaders.read(blueprint.definitions()).publicTree());
    if (!blueprint.installer()) {
      String images = tree + "/images/pxeboot/";
      return new Installer(
          tree, URI.create(images + KERNEL), URI.create(images + INITRD), List.of());
    }
    String copied = blueprint.cluster().distribution().url() + "/" + FOLDER;
    return new Installer(
        tree,
        URI.create(copied + KERNEL),
        URI.create(copied + INITRD),
        List.of(copy(blueprint, tree, KERNEL), copy(blueprint, tree, INITRD)));
  }

  private static Artifact copy(Blueprint blueprint, URI tree, String name) {
    Pin pin =
        PinRows.read(blueprint.definitions(), LOCK).stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new StoreProblem(
                        LOCK
                            + ": has no digest of "
                            + name
                            + ", which --with-installer copies; run `appliance lock --rocky-mirror"
                            + " URL` in a checkout"));
    return new InstallerFile(new ReleasePath(FOLDER + name), pin, tree);
  }

  /** What the menus say of it; GRUB writes addresses in a form of its own. */
  Map<String, String> values() {
    Map<String, String> values = new TreeMap<>();
    values.put("pxe.tree", tree.toString());
    values.put("pxe.kernel", kernel.toString());
    values.put("pxe.initrd", initrd.toString());
    values.put("pxe.grubKernel", grub(kernel));
    values.put("pxe.grubInitrd", grub(initrd));
    return values;
  }

  private static String grub(URI address) {
    return "(" + address.getScheme() + "," + address.getAuthority() + ")" + address.getRawPath();
  }
}
