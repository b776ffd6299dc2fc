package netpolicy

import (
	"fmt"
	"slices"
	"sort"

	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// cluster is what selectors choose from.
type cluster struct {
	pods       []*core.Pod
	namespaces map[string]labels.Set
}

func newCluster(all []*core.Pod, namespaces []*core.Namespace) cluster {
	c := cluster{namespaces: map[string]labels.Set{}}
	for _, each := range namespaces {
		c.namespaces[each.Name] = each.Labels
	}
	for _, pod := range all {
		if addressed(pod) {
			c.pods = append(c.pods, pod)
		}
	}
	sort.Slice(c.pods, func(i, j int) bool {
		a, b := c.pods[i], c.pods[j]
		if a.Status.PodIP != b.Status.PodIP {
			return a.Status.PodIP < b.Status.PodIP
		}
		return b.CreationTimestamp.Before(&a.CreationTimestamp)
	})
	// an address that comes again belongs to the younger pod
	c.pods = slices.CompactFunc(c.pods, func(a, b *core.Pod) bool { return a.Status.PodIP == b.Status.PodIP })
	return c
}

// addressed tells whether a pod has an address of its own: an ended one's may be another's by now.
func addressed(pod *core.Pod) bool {
	return !pod.Spec.HostNetwork && pod.Status.PodIP != "" &&
		pod.Status.Phase != core.PodSucceeded && pod.Status.Phase != core.PodFailed
}

// choose gives the pods of a namespace that a selector means.
func (c cluster) choose(namespace string, selector *meta.LabelSelector) ([]*core.Pod, error) {
	wanted, err := meta.LabelSelectorAsSelector(selector)
	if err != nil {
		return nil, err
	}
	var chosen []*core.Pod
	for _, pod := range c.pods {
		if pod.Namespace == namespace && wanted.Matches(labels.Set(pod.Labels)) {
			chosen = append(chosen, pod)
		}
	}
	return chosen, nil
}

// peers gives the pods that a policy of a namespace means by a peer.
func (c cluster) peers(namespace string, peer networking.NetworkPolicyPeer) ([]*core.Pod, error) {
	within := func(name string) bool { return name == namespace }
	if peer.NamespaceSelector != nil {
		wanted, err := meta.LabelSelectorAsSelector(peer.NamespaceSelector)
		if err != nil {
			return nil, err
		}
		within = func(name string) bool { return wanted.Matches(c.namespaces[name]) }
	}
	selector := peer.PodSelector
	if selector == nil {
		selector = &meta.LabelSelector{}
	}
	var chosen []*core.Pod
	for name := range c.namespaces {
		if within(name) {
			pods, err := c.choose(name, selector)
			if err != nil {
				return nil, err
			}
			chosen = append(chosen, pods...)
		}
	}
	return chosen, nil
}

// numbered resolves a port's name to a container's number; a pod without such a port gives 0.
func numbered(pod *core.Pod, name string, protocol core.Protocol) int32 {
	for _, container := range pod.Spec.Containers {
		for _, port := range container.Ports {
			if port.Name == name && (port.Protocol == protocol || port.Protocol == "" && protocol == core.ProtocolTCP) {
				return port.ContainerPort
			}
		}
	}
	return 0
}

func title(pod *core.Pod) string { return fmt.Sprintf("%s/%s", pod.Namespace, pod.Name) }
