package node

import "os"

const (
	pods     = "10.42.0.0/16"
	services = "10.43.0.0/16"
	// the first address of the services is the API server's own
	apiService = "10.43.0.1"
	dnsService = "10.43.0.10"
	domain     = "cluster.local"
	issuer     = "https://kubernetes.default.svc." + domain
)

// The clients of the API server, by the name of their certificate.
const (
	admin       = "admin"
	controller  = "controller"
	schedule    = "scheduler"
	proxyClient = "proxy"
	kubeletName = "kubelet"
)

// identify makes, or finds, every key and certificate, and writes the kubeconfig of each client.
func (s *server) identify() (err error) {
	if s.ca, err = openAuthority(home + "/server/tls"); err != nil {
		return err
	}
	if _, err := os.Stat(s.ca.path("service.key")); err != nil {
		if _, err := s.ca.newKey("service.key"); err != nil {
			return err
		}
	}
	masters := []string{"system:masters"}
	names := append([]string{"127.0.0.1", "localhost", apiService, s.address, s.name, "kubernetes", "kubernetes.default",
		"kubernetes.default.svc", "kubernetes.default.svc." + domain}, s.names...)
	for file, who := range map[string]identity{
		"apiserver":   {user: "kube-apiserver", names: names},
		"to-kubelet":  {user: "kube-apiserver-kubelet-client", groups: masters},
		"kubelet-tls": {user: "system:node:" + s.name, names: []string{s.name, s.address}},
		admin:         {user: "system:admin", groups: masters},
		controller:    {user: "system:kube-controller-manager"},
		schedule:      {user: "system:kube-scheduler"},
		proxyClient:   {user: "system:kube-proxy"},
		kubeletName:   {user: "system:node:" + s.name, groups: []string{"system:nodes"}},
	} {
		if err := s.ca.issue(file, who); err != nil {
			return err
		}
	}
	for _, file := range []string{controller, schedule, proxyClient, kubeletName} {
		if err := s.ca.writeKubeconfig(s.ca.path(file+".kubeconfig"), file); err != nil {
			return err
		}
	}
	return s.ca.writeKubeconfig(kubeconfig, admin)
}

func (s *server) apiServer() []string {
	return []string{
		"--advertise-address=" + s.address,
		"--allow-privileged=true",
		"--anonymous-auth=false",
		"--authorization-mode=Node,RBAC",
		"--client-ca-file=" + s.ca.path("ca.crt"),
		"--enable-admission-plugins=NodeRestriction",
		"--etcd-servers=http://127.0.0.1:2379",
		"--kubelet-certificate-authority=" + s.ca.path("ca.crt"),
		"--kubelet-client-certificate=" + s.ca.path("to-kubelet.crt"),
		"--kubelet-client-key=" + s.ca.path("to-kubelet.key"),
		"--kubelet-preferred-address-types=InternalIP",
		"--profiling=false",
		"--secure-port=6443",
		"--service-account-issuer=" + issuer,
		"--service-account-key-file=" + s.ca.path("service.key"),
		"--service-account-signing-key-file=" + s.ca.path("service.key"),
		"--service-cluster-ip-range=" + services,
		"--tls-cert-file=" + s.ca.path("apiserver.crt"),
		"--tls-private-key-file=" + s.ca.path("apiserver.key"),
	}
}

func (s *server) controllers() []string {
	config := s.ca.path(controller + ".kubeconfig")
	return []string{
		"--allocate-node-cidrs=true",
		"--authentication-kubeconfig=" + config,
		"--authorization-kubeconfig=" + config,
		"--bind-address=127.0.0.1",
		"--cluster-cidr=" + pods,
		"--cluster-signing-cert-file=" + s.ca.path("ca.crt"),
		"--cluster-signing-key-file=" + s.ca.path("ca.key"),
		"--kubeconfig=" + config,
		"--leader-elect=false",
		"--root-ca-file=" + s.ca.path("ca.crt"),
		"--service-account-private-key-file=" + s.ca.path("service.key"),
		"--service-cluster-ip-range=" + services,
		"--use-service-account-credentials=true",
	}
}

func (s *server) scheduler() []string {
	config := s.ca.path(schedule + ".kubeconfig")
	return []string{
		"--authentication-kubeconfig=" + config,
		"--authorization-kubeconfig=" + config,
		"--bind-address=127.0.0.1",
		"--kubeconfig=" + config,
		"--leader-elect=false",
	}
}

func (s *server) kubelet() []string {
	return []string{
		"--config=" + settings + "/kubelet.yaml",
		"--hostname-override=" + s.name,
		"--kubeconfig=" + s.ca.path(kubeletName+".kubeconfig"),
		"--node-ip=" + s.address,
	}
}

// proxy leaves the limits of connection tracking alone: they are the machine's.
func (s *server) proxy() []string {
	return []string{
		"--cluster-cidr=" + pods,
		"--conntrack-max-per-core=0",
		"--conntrack-min=0",
		"--conntrack-tcp-timeout-close-wait=0s",
		"--conntrack-tcp-timeout-established=0s",
		"--hostname-override=" + s.name,
		"--kubeconfig=" + s.ca.path(proxyClient+".kubeconfig"),
		"--proxy-mode=iptables",
	}
}
