package node

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

// registries is k3s's registries.yaml, as far as a registry of the tests needs it; any other key is an error.
type registries struct {
	Mirrors map[string]struct {
		Endpoint []string `json:"endpoint"`
	} `json:"mirrors"`
	Configs map[string]struct {
		TLS struct {
			CAFile             string `json:"ca_file"`
			InsecureSkipVerify bool   `json:"insecure_skip_verify"`
		} `json:"tls"`
	} `json:"configs"`
}

// writeMirrors translates registries.yaml, which may be missing, to a hosts.toml for each registry, as containerd
// reads it from certs.d.
func writeMirrors(file, certs string) error {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var wanted registries
	if err := yaml.UnmarshalStrict(text, &wanted); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for host := range wanted.Mirrors {
		folder := host
		if host == "*" {
			folder = "_default"
		}
		path := filepath.Join(certs, folder, "hosts.toml")
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(wanted.hosts(host)), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (r registries) hosts(host string) string {
	var text strings.Builder
	for _, endpoint := range r.Mirrors[host].Endpoint {
		_, server, _ := strings.Cut(endpoint, "://")
		tls := r.Configs[strings.TrimSuffix(server, "/")].TLS
		fmt.Fprintf(&text, "[host.%q]\n  capabilities = [\"pull\", \"resolve\"]\n", endpoint)
		if tls.CAFile != "" {
			fmt.Fprintf(&text, "  ca = %q\n", tls.CAFile)
		}
		if tls.InsecureSkipVerify {
			text.WriteString("  skip_verify = true\n")
		}
	}
	return text.String()
}
