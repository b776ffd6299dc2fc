// Package netpolicy enforces NetworkPolicy objects on a node whose pods are routed: one nftables table, written whole
// at every change.
package netpolicy

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
)

// pause lets the changes that belong together become one table.
const pause = 20 * time.Millisecond

// NewCommand is the enforcer as a program.
func NewCommand() *cobra.Command {
	var kubeconfig, readyFile string
	command := &cobra.Command{
		Use:  "network-policies",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return run(kubeconfig, readyFile) },
	}
	command.Flags().StringVar(&kubeconfig, "kubeconfig", "", "how the API server is reached")
	command.Flags().StringVar(&readyFile, "ready-file", "", "written when the first table is in force")
	return command
}

func run(kubeconfig, readyFile string) error {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer cancel()
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	w, err := watch(ctx, client)
	if err != nil {
		return err
	}
	last := ""
	for {
		text, err := w.table()
		if err != nil {
			return err
		}
		if text != last {
			if err := load(ctx, text); err != nil {
				return err
			}
			klog.Infof("in force:\n%s", text)
			last = text
		}
		if err := os.WriteFile(readyFile, nil, 0o644); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-w.changed:
			time.Sleep(pause)
		}
	}
}

// watcher follows all that the table is made of.
type watcher struct {
	informers informers.SharedInformerFactory
	changed   chan struct{}
}

func watch(ctx context.Context, client kubernetes.Interface) (*watcher, error) {
	w := &watcher{informers.NewSharedInformerFactory(client, 0), make(chan struct{}, 1)}
	notify := func() {
		select {
		case w.changed <- struct{}{}:
		default:
		}
	}
	handler := cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { notify() },
		UpdateFunc: func(any, any) { notify() },
		DeleteFunc: func(any) { notify() },
	}
	for _, each := range []cache.SharedIndexInformer{
		w.informers.Core().V1().Pods().Informer(),
		w.informers.Core().V1().Namespaces().Informer(),
		w.informers.Networking().V1().NetworkPolicies().Informer(),
	} {
		if _, err := each.AddEventHandler(handler); err != nil {
			return nil, err
		}
	}
	w.informers.Start(ctx.Done())
	for kind, synced := range w.informers.WaitForCacheSync(ctx.Done()) {
		if !synced {
			return nil, fmt.Errorf("%s: not listed", kind)
		}
	}
	return w, nil
}

func (w *watcher) table() (string, error) {
	pods, err := w.informers.Core().V1().Pods().Lister().List(labels.Everything())
	if err != nil {
		return "", err
	}
	namespaces, err := w.informers.Core().V1().Namespaces().Lister().List(labels.Everything())
	if err != nil {
		return "", err
	}
	policies, err := w.informers.Networking().V1().NetworkPolicies().Lister().List(labels.Everything())
	if err != nil {
		return "", err
	}
	return Table(pods, namespaces, policies)
}

// load replaces the table in one transaction.
func load(ctx context.Context, text string) error {
	command := exec.CommandContext(ctx, "nft", "-f", "-")
	command.Stdin = strings.NewReader(text)
	if said, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("nft: %w: %s\n%s", err, said, text)
	}
	return nil
}
