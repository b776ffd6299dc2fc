package org.airflowappliance.cluster;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An amount as Kubernetes writes it: {@code 500m}, {@code 2Gi}, {@code 1e3}. */
final class Quantity {
  private static final Pattern FORM =
      Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?)([numkMGTPE]|[KMGTPE]i|[eE][0-9]{1,2})?");
  private static final Map<String, BigDecimal> UNITS =
      Map.ofEntries(
          Map.entry("n", new BigDecimal("1e-9")),
          Map.entry("u", new BigDecimal("1e-6")),
          Map.entry("m", new BigDecimal("1e-3")),
          Map.entry("k", new BigDecimal("1e3")),
          Map.entry("M", new BigDecimal("1e6")),
          Map.entry("G", new BigDecimal("1e9")),
          Map.entry("T", new BigDecimal("1e12")),
          Map.entry("P", new BigDecimal("1e15")),
          Map.entry("E", new BigDecimal("1e18")),
          Map.entry("Ki", BigDecimal.valueOf(2).pow(10)),
          Map.entry("Mi", BigDecimal.valueOf(2).pow(20)),
          Map.entry("Gi", BigDecimal.valueOf(2).pow(30)),
          Map.entry("Ti", BigDecimal.valueOf(2).pow(40)),
          Map.entry("Pi", BigDecimal.valueOf(2).pow(50)),
          Map.entry("Ei", BigDecimal.valueOf(2).pow(60)));

  private Quantity() {}

  /** The amount in the resource's own unit; empty when Kubernetes would refuse the text. */
  static Optional<BigDecimal> of(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    String unit = form.group(2) == null ? "" : form.group(2);
    BigDecimal number = new BigDecimal(form.group(1));
    if (unit.matches("[eE][0-9]+")) {
      return Optional.of(number.scaleByPowerOfTen(Integer.parseInt(unit.substring(1))));
    }
    return Optional.of(unit.isEmpty() ? number : number.multiply(UNITS.get(unit)));
  }
}
