package netpolicy

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// direction is one side of a connection, seen from the pod that a policy selects.
type direction struct {
	name  string
	kind  networking.PolicyType
	own   string // the field with the pod's own address
	other string // the field with its peer's
}

var (
	ingress = direction{"ingress", networking.PolicyTypeIngress, "ip daddr", "ip saddr"}
	egress  = direction{"egress", networking.PolicyTypeEgress, "ip saddr", "ip daddr"}
)

// frame is the table around the pods' chains. What a pod sends passes `forward`, or `input` when it is for the node;
// what the node itself sends to its pods passes neither and is always allowed. Rejection is k3s's answer, too.
const frame = `table ip network-policies
delete table ip network-policies
table ip network-policies {
%s  chain forward {
    type filter hook forward priority filter - 5; policy accept;
    ct state established,related accept
    jump egress
    jump ingress
  }
  chain input {
    type filter hook input priority filter - 5; policy accept;
    ct state established,related accept
    jump egress
  }
}
`

// Table is the nftables script for a state of the cluster; equal states give equal text.
func Table(pods []*core.Pod, namespaces []*core.Namespace, policies []*networking.NetworkPolicy) (string, error) {
	c := newCluster(pods, namespaces)
	policies = slices.Clone(policies)
	sort.Slice(policies, func(i, j int) bool {
		return policies[i].Namespace+"/"+policies[i].Name < policies[j].Namespace+"/"+policies[j].Name
	})
	var text strings.Builder
	for _, way := range []direction{egress, ingress} {
		if err := c.writeWay(&text, way, policies); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf(frame, text.String()), nil
}

// writeWay writes a chain for each pod that is selected in this direction, and the one that leads to them.
func (c cluster) writeWay(text *strings.Builder, way direction, policies []*networking.NetworkPolicy) error {
	rules := map[*core.Pod][]string{}
	for _, policy := range policies {
		if !slices.Contains(policy.Spec.PolicyTypes, way.kind) {
			continue
		}
		selected, err := c.choose(policy.Namespace, &policy.Spec.PodSelector)
		if err != nil {
			return err
		}
		for _, pod := range selected {
			allowed, err := c.allowed(way, policy, pod)
			if err != nil {
				return err
			}
			rules[pod] = append(rules[pod], allowed...)
		}
	}
	var leads []string
	for _, pod := range c.pods {
		if allowed, selected := rules[pod]; selected {
			chain := way.name + "-" + pod.Status.PodIP
			leads = append(leads, pod.Status.PodIP+" : jump "+chain)
			fmt.Fprintf(text, "  chain %s { # %s\n", chain, title(pod))
			for _, rule := range allowed {
				fmt.Fprintf(text, "    %s\n", strings.TrimSpace(rule+" return"))
			}
			text.WriteString("    reject\n  }\n")
		}
	}
	fmt.Fprintf(text, "  chain %s {\n", way.name)
	if len(leads) > 0 {
		fmt.Fprintf(text, "    %s vmap { %s }\n", way.own, strings.Join(leads, ", "))
	}
	text.WriteString("  }\n")
	return nil
}

// allowed gives the conditions under which a policy lets a pod's packet through; an empty one is no condition.
func (c cluster) allowed(way direction, policy *networking.NetworkPolicy, pod *core.Pod) ([]string, error) {
	var rules []string
	add := func(peers []networking.NetworkPolicyPeer, ports []networking.NetworkPolicyPort) error {
		sides, err := c.sides(way, policy.Namespace, peers)
		if err != nil {
			return err
		}
		for _, side := range sides {
			rules = append(rules, side.rules(way, pod, ports)...)
		}
		return nil
	}
	if way.kind == networking.PolicyTypeIngress {
		for _, each := range policy.Spec.Ingress {
			if err := add(each.From, each.Ports); err != nil {
				return nil, err
			}
		}
		return rules, nil
	}
	for _, each := range policy.Spec.Egress {
		if err := add(each.To, each.Ports); err != nil {
			return nil, err
		}
	}
	return rules, nil
}

// side is a peer as a condition on its address, and the pods that it stands for.
type side struct {
	condition string
	pods      []*core.Pod
}

func (c cluster) sides(way direction, namespace string, peers []networking.NetworkPolicyPeer) ([]side, error) {
	if len(peers) == 0 {
		return []side{{"", c.pods}}, nil
	}
	var sides []side
	for _, peer := range peers {
		if block := peer.IPBlock; block != nil {
			if !strings.Contains(block.CIDR, ":") {
				sides = append(sides, side{inBlock(way, block), nil})
			}
			continue
		}
		pods, err := c.peers(namespace, peer)
		if err != nil {
			return nil, err
		}
		if len(pods) > 0 {
			sides = append(sides, side{among(way, pods), pods})
		}
	}
	return sides, nil
}

func inBlock(way direction, block *networking.IPBlock) string {
	condition := way.other + " " + block.CIDR
	if len(block.Except) > 0 {
		condition += " " + way.other + " != { " + strings.Join(block.Except, ", ") + " }"
	}
	return condition
}

func among(way direction, pods []*core.Pod) string {
	var addresses []string
	for _, pod := range pods {
		addresses = append(addresses, pod.Status.PodIP)
	}
	sort.Strings(addresses)
	return way.other + " { " + strings.Join(addresses, ", ") + " }"
}

// rules joins a peer with the ports; without ports every protocol is meant.
func (s side) rules(way direction, pod *core.Pod, ports []networking.NetworkPolicyPort) []string {
	if len(ports) == 0 {
		return []string{s.condition}
	}
	var rules []string
	for _, port := range ports {
		protocol := core.ProtocolTCP
		if port.Protocol != nil {
			protocol = *port.Protocol
		}
		if port.Port == nil || port.Port.Type == intstr.Int {
			rules = append(rules, s.condition+" "+toPort(protocol, port))
		} else if way.kind == networking.PolicyTypeIngress {
			rules = append(rules, named(s.condition, pod, port.Port.StrVal, protocol)...)
		} else {
			for _, peer := range s.pods {
				rules = append(rules, named(among(way, []*core.Pod{peer}), peer, port.Port.StrVal, protocol)...)
			}
		}
	}
	return rules
}

func toPort(protocol core.Protocol, port networking.NetworkPolicyPort) string {
	name := strings.ToLower(string(protocol))
	if port.Port == nil {
		return "meta l4proto " + name
	}
	if port.EndPort != nil {
		return fmt.Sprintf("%s dport %d-%d", name, port.Port.IntVal, *port.EndPort)
	}
	return fmt.Sprintf("%s dport %d", name, port.Port.IntVal)
}

// named is the rule for a port that the listening pod gives a name.
func named(condition string, listener *core.Pod, name string, protocol core.Protocol) []string {
	number := numbered(listener, name, protocol)
	if number == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s %s dport %d", condition, strings.ToLower(string(protocol)), number)}
}
