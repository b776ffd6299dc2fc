// Package node runs the parts of a Kubernetes node together, driven like k3s.
package node

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

const (
	home       = "/var/lib/rancher/k3s"
	settings   = "/etc/rancher/k3s"
	kubeconfig = settings + "/k3s.yaml"
	runtime    = "/run/k3s/containerd/containerd.sock"
	patience   = 90 * time.Second
)

// server is a node with a control plane.
type server struct {
	name     string
	address  string
	names    []string
	disabled []string
	parts    *parts
	ca       *authority
}

// NewCommand is the command line of k3s, as far as the tests use it.
func NewCommand() *cobra.Command {
	s := &server{}
	command := &cobra.Command{
		Use:  "server",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return s.run() },
	}
	flags := command.Flags()
	flags.StringArrayVar(&s.names, "tls-san", nil, "a further name or address of the API server")
	flags.StringVar(&s.address, "node-ip", "", "the node's address; without it the one of its default route")
	flags.StringArrayVar(&s.disabled, "disable", nil, "an add-on of k3s; there is none here")
	root := &cobra.Command{Use: "k3s"}
	root.AddCommand(command)
	return root
}

func (s *server) run() (err error) {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer cancel()
	if s.name, err = os.Hostname(); err != nil {
		return err
	}
	if s.address == "" {
		if s.address, err = defaultAddress(); err != nil {
			return fmt.Errorf("the node has no address: %w; give it one with --node-ip", err)
		}
	}
	if s.parts, err = newParts(); err != nil {
		return err
	}
	defer s.parts.stop()
	if err := s.start(ctx); err != nil {
		return err
	}
	s.parts.say("Node controller sync successful")
	select {
	case <-ctx.Done():
		return nil
	case ended := <-s.parts.ended:
		return ended
	}
}

func (s *server) start(ctx context.Context) error {
	if err := s.identify(); err != nil {
		return err
	}
	if err := writeMirrors(settings+"/registries.yaml", "/etc/containerd/certs.d"); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{s.startStores, s.startControl, s.startNode, s.awaitNode} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// startStores runs what the others keep their state in, and imports the images that came with the node.
func (s *server) startStores(ctx context.Context) error {
	if err := os.MkdirAll(filepath.Dir(runtime), 0o711); err != nil {
		return err
	}
	if err := s.parts.start("containerd", "--config", "/etc/containerd/config.toml"); err != nil {
		return err
	}
	err := s.parts.start("etcd", "--data-dir", "/var/lib/etcd/data", "--logger", "zap",
		"--listen-client-urls", "http://127.0.0.1:2379", "--advertise-client-urls", "http://127.0.0.1:2379",
		"--listen-peer-urls", "http://127.0.0.1:2380", "--quota-backend-bytes", "2147483648")
	if err != nil {
		return err
	}
	if err := s.parts.until(ctx, "etcd serves", patience, dial("tcp", "127.0.0.1:2379")); err != nil {
		return err
	}
	return s.parts.until(ctx, "containerd serves", patience, dial("unix", runtime))
}

// startControl runs the API server and what works on its objects.
func (s *server) startControl(ctx context.Context) error {
	if err := s.parts.startOwn("kube-apiserver", s.apiServer()...); err != nil {
		return err
	}
	if err := importImages(ctx); err != nil {
		return err
	}
	if err := s.awaitAPI(ctx); err != nil {
		return err
	}
	if err := s.parts.startOwn("kube-controller-manager", s.controllers()...); err != nil {
		return err
	}
	return s.parts.startOwn("kube-scheduler", s.scheduler()...)
}

func (s *server) startNode(context.Context) error {
	if err := s.parts.startOwn("kubelet", s.kubelet()...); err != nil {
		return err
	}
	if err := s.parts.startOwn("kube-proxy", s.proxy()...); err != nil {
		return err
	}
	return s.parts.startOwn("network-policies", "--kubeconfig="+kubeconfig, "--ready-file="+policiesReady)
}

// importImages loads every tar of the folder where k3s, too, looks for images.
func importImages(ctx context.Context) error {
	archives, err := filepath.Glob(home + "/agent/images/*.tar")
	if err != nil {
		return err
	}
	for _, each := range archives {
		if said, err := exec.CommandContext(ctx, "ctr", "images", "import", each).CombinedOutput(); err != nil {
			return fmt.Errorf("ctr images import %s: %w\n%s", each, err, said)
		}
	}
	return nil
}

func dial(network, address string) func(context.Context) error {
	return func(ctx context.Context) error {
		var dialer net.Dialer
		connection, err := dialer.DialContext(ctx, network, address)
		if err == nil {
			connection.Close()
		}
		return err
	}
}

// defaultAddress is the one from which packets to elsewhere would leave; none is sent.
func defaultAddress() (string, error) {
	connection, err := net.Dial("udp", "192.0.2.1:9")
	if err != nil {
		return "", err
	}
	defer connection.Close()
	return connection.LocalAddr().(*net.UDPAddr).IP.String(), nil
}
