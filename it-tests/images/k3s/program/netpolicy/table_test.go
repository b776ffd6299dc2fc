package netpolicy

import (
	"strings"
	"testing"

	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"
)

var namespaces = []*core.Namespace{namespace("airflow", "tier: tasks"), namespace("other", "tier: rest")}

var pods = []*core.Pod{
	pod("airflow", "task", "10.42.0.2", "app: task"),
	pod("airflow", "web", "10.42.0.3", "app: web"),
	pod("other", "guest", "10.42.0.4", "app: task"),
}

func TestWithoutPolicyNothingIsSelected(t *testing.T) {
	text := table(t)
	if strings.Contains(text, "reject") || strings.Contains(text, "vmap") {
		t.Error(text)
	}
}

func TestEmptySelectorDeniesTheWholeNamespace(t *testing.T) {
	text := table(t, "podSelector: {}\npolicyTypes: [Ingress, Egress]")
	contains(t, text, "ip saddr vmap { 10.42.0.2 : jump egress-10.42.0.2, 10.42.0.3 : jump egress-10.42.0.3 }")
	contains(t, text, "chain ingress-10.42.0.2 { # airflow/task\n    reject\n")
}

func TestBlockWithExceptionAndPorts(t *testing.T) {
	text := table(t, `
podSelector: {matchLabels: {app: task}}
policyTypes: [Egress]
egress:
- to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.42.0.0/16]}}]
  ports: [{port: 5432}, {protocol: UDP, port: 8000, endPort: 8010}]`)
	contains(t, text, `  chain egress-10.42.0.2 { # airflow/task
    ip daddr 10.0.0.0/8 ip daddr != { 10.42.0.0/16 } tcp dport 5432 return
    ip daddr 10.0.0.0/8 ip daddr != { 10.42.0.0/16 } udp dport 8000-8010 return
    reject
  }
`)
	contains(t, text, "chain ingress {\n  }")
}

func TestSelectorsOfPeers(t *testing.T) {
	text := table(t, `
podSelector: {matchLabels: {app: web}}
policyTypes: [Ingress]
ingress:
- from: [{podSelector: {matchLabels: {app: task}}}]
- from: [{namespaceSelector: {matchLabels: {tier: rest}}, podSelector: {matchLabels: {app: task}}}]
  ports: [{port: http}]
- from: [{namespaceSelector: {matchLabels: {tier: none}}}]`)
	contains(t, text, `  chain ingress-10.42.0.3 { # airflow/web
    ip saddr { 10.42.0.2 } return
    ip saddr { 10.42.0.4 } tcp dport 8080 return
    reject
  }
`)
}

func TestPeersNamedPortIsItsOwnNumber(t *testing.T) {
	text := table(t, "podSelector: {matchLabels: {app: task}}\npolicyTypes: [Egress]\n"+
		"egress: [{to: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: http}, {port: absent}]}]")
	contains(t, text, "{ # airflow/task\n    ip daddr { 10.42.0.3 } tcp dport 8080 return\n    reject\n")
}

func TestEmptyRuleAllowsAll(t *testing.T) {
	text := table(t, "podSelector: {}\npolicyTypes: [Ingress]\ningress: [{}]")
	contains(t, text, "chain ingress-10.42.0.2 { # airflow/task\n    return\n    reject\n")
}

func TestAnEndedPodHasNoAddress(t *testing.T) {
	ended := pod("airflow", "ended", "10.42.0.3", "app: web")
	ended.Status.Phase = core.PodSucceeded
	text, err := Table(append([]*core.Pod{ended}, pods...), namespaces,
		[]*networking.NetworkPolicy{policy("podSelector: {}\npolicyTypes: [Ingress]")})
	if err != nil {
		t.Fatal(err)
	}
	contains(t, text, "chain ingress-10.42.0.3 { # airflow/web")
}

func table(t *testing.T, specs ...string) string {
	t.Helper()
	var policies []*networking.NetworkPolicy
	for _, each := range specs {
		policies = append(policies, policy(each))
	}
	text, err := Table(pods, namespaces, policies)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func contains(t *testing.T, text, part string) {
	t.Helper()
	if !strings.Contains(text, part) {
		t.Errorf("missing:\n%s\nin:\n%s", part, text)
	}
}

func policy(spec string) *networking.NetworkPolicy {
	made := &networking.NetworkPolicy{}
	made.Name, made.Namespace = "policy", "airflow"
	read(spec, &made.Spec)
	return made
}

func namespace(name, labels string) *core.Namespace {
	made := &core.Namespace{}
	made.Name = name
	read(labels, &made.Labels)
	return made
}

func pod(namespace, name, address, labels string) *core.Pod {
	made := &core.Pod{}
	made.Namespace, made.Name, made.Status.PodIP, made.Status.Phase = namespace, name, address, core.PodRunning
	read(labels, &made.Labels)
	read("containers: [{name: web, ports: [{name: http, containerPort: 8080}]}]", &made.Spec)
	return made
}

func read(text string, into any) {
	if err := yaml.UnmarshalStrict([]byte(text), into); err != nil {
		panic(err)
	}
}
