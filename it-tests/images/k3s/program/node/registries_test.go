package node

import (
	"os"
	"path/filepath"
	"testing"
)

func TestMirrorBecomesHosts(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "registries.yaml")
	write(t, file, `
mirrors:
  "10.231.1.8:5000": {endpoint: ["https://10.231.1.8:5000"]}
  "*": {endpoint: ["http://mirror:5000"]}
configs:
  "10.231.1.8:5000": {tls: {insecure_skip_verify: true}}
`)
	if err := writeMirrors(file, folder); err != nil {
		t.Fatal(err)
	}
	same(t, filepath.Join(folder, "10.231.1.8:5000", "hosts.toml"),
		"[host.\"https://10.231.1.8:5000\"]\n  capabilities = [\"pull\", \"resolve\"]\n  skip_verify = true\n")
	same(t, filepath.Join(folder, "_default", "hosts.toml"),
		"[host.\"http://mirror:5000\"]\n  capabilities = [\"pull\", \"resolve\"]\n")
}

func TestUnknownKeyIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "registries.yaml")
	write(t, file, "mirrors: {a: {rewrite: {b: c}}}\n")
	if err := writeMirrors(file, t.TempDir()); err == nil {
		t.Error("rewrite is not understood here and must not be passed over")
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func same(t *testing.T, file, text string) {
	t.Helper()
	found, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(found) != text {
		t.Errorf("%s:\n%s", file, found)
	}
}
