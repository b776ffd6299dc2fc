package org.airflowappliance.it.site;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.Network.Ipam;

/**
 * The network of one site: fixed addresses, so that a server that was away comes back under its
 * own, and no route elsewhere. Its gateway is this machine: there the tests' own servers listen.
 *
 * @param id Docker's id
 * @param prefix the first three parts of its addresses, with the last dot
 */
record SiteNetwork(String id, String prefix) implements AutoCloseable {
  /** What all addresses of the tests begin with. */
  private static final String ADDRESSES = "10.231.";

  private static final int TRIES = 200;

  /** A network on addresses that no other network of this machine has. */
  static SiteNetwork make() {
    DockerClient docker = Docker.client();
    DockerException last = null;
    for (int third = 1; third <= TRIES; third++) {
      String prefix = ADDRESSES + third + ".";
      try {
        return new SiteNetwork(make(docker, prefix), prefix);
      } catch (DockerException taken) {
        last = taken;
      }
    }
    throw new IllegalStateException(
        "no free network of " + ADDRESSES + "0.0/16 for the tests", last);
  }

  private static String make(DockerClient docker, String prefix) {
    Ipam addresses =
        new Ipam()
            .withConfig(new Ipam.Config().withSubnet(prefix + "0/24").withGateway(prefix + "1"));
    return docker
        .createNetworkCmd()
        .withName("appliance-it-" + prefix + "0")
        .withInternal(true)
        .withIpam(addresses)
        .withLabels(Owned.label())
        .exec()
        .getId();
  }

  String gateway() {
    return address(1);
  }

  String address(int last) {
    return prefix + last;
  }

  /** Joins a running container that also has another network, by which the tests reach it. */
  void join(String container, String address) {
    Docker.client()
        .connectToNetworkCmd()
        .withNetworkId(id)
        .withContainerId(container)
        .withContainerNetwork(
            new ContainerNetwork()
                .withIpamConfig(new ContainerNetwork.Ipam().withIpv4Address(address)))
        .exec();
  }

  @Override
  public void close() {
    Docker.client().removeNetworkCmd(id).exec();
  }
}
