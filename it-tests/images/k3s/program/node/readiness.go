package node

import (
	"context"
	"errors"
	"os"

	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

const policiesReady = "/run/k3s/network-policies"

func client() (kubernetes.Interface, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	return kubernetes.NewForConfig(config)
}

func (s *server) awaitAPI(ctx context.Context) error {
	api, err := client()
	if err != nil {
		return err
	}
	return s.parts.until(ctx, "the API server is ready", patience, func(ctx context.Context) error {
		return api.CoreV1().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error()
	})
}

// awaitNode waits until a pod could be created and run, its network policies kept.
func (s *server) awaitNode(ctx context.Context) error {
	api, err := client()
	if err != nil {
		return err
	}
	if err := s.parts.until(ctx, "the DNS service exists", patience, func(ctx context.Context) error {
		return createDNSService(ctx, api)
	}); err != nil {
		return err
	}
	if err := s.parts.until(ctx, "the node is ready", patience, func(ctx context.Context) error {
		return s.ready(ctx, api)
	}); err != nil {
		return err
	}
	if err := s.parts.until(ctx, "network policies are enforced", patience, func(context.Context) error {
		_, err := os.Stat(policiesReady)
		return err
	}); err != nil {
		return err
	}
	return s.parts.until(ctx, "the first service account exists", patience, func(ctx context.Context) error {
		_, err := api.CoreV1().ServiceAccounts("default").Get(ctx, "default", meta.GetOptions{})
		return err
	})
}

func (s *server) ready(ctx context.Context, api kubernetes.Interface) error {
	node, err := api.CoreV1().Nodes().Get(ctx, s.name, meta.GetOptions{})
	if err != nil {
		return err
	}
	for _, each := range node.Status.Conditions {
		if each.Type == core.NodeReady && each.Status == core.ConditionTrue {
			return nil
		}
		if each.Type == core.NodeReady {
			err = errors.New(each.Message)
		}
	}
	return err
}
