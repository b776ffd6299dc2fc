package node

import (
	"context"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// createDNSService gives pods' resolvers their address. Pods labelled k8s-app=kube-dns answer there; while there is
// none, a question is refused at once.
func createDNSService(ctx context.Context, api kubernetes.Interface) error {
	const name = "kube-dns"
	service := &core.Service{
		ObjectMeta: meta.ObjectMeta{Name: name},
		Spec: core.ServiceSpec{
			ClusterIP: dnsService,
			Selector:  map[string]string{"k8s-app": name},
			Ports: []core.ServicePort{
				{Name: "dns", Protocol: core.ProtocolUDP, Port: 53},
				{Name: "dns-tcp", Protocol: core.ProtocolTCP, Port: 53},
			},
		},
	}
	_, err := api.CoreV1().Services(meta.NamespaceSystem).Create(ctx, service, meta.CreateOptions{})
	if errors.IsAlreadyExists(err) {
		return nil
	}
	return err
}
