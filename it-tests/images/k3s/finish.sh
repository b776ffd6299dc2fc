#!/bin/sh
# Runs on the host when the packages are installed; $1 is the image's root. Makes the image of the container that holds
# a pod's namespaces: one static program that waits, and reaps.
set -eu
root=$1
images=$root/var/lib/rancher/k3s/agent/images
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$images" "$root/var/lib/rancher/k3s/agent/pod-manifests" "$root/etc/containerd/certs.d"
tar -C "$root/usr/bin" --owner=0 --group=0 -cf "$work/layer.tar" catatonit
layer=$(sha256sum "$work/layer.tar" | cut -d' ' -f1)
cat >"$work/config.json" <<TXT
{"architecture": "$(chroot "$root" dpkg --print-architecture)", "os": "linux",
 "config": {"Entrypoint": ["/catatonit", "-P"]}, "rootfs": {"type": "layers", "diff_ids": ["sha256:$layer"]}}
TXT
cat >"$work/manifest.json" <<'TXT'
[{"Config": "config.json", "RepoTags": ["airflow-appliance-it/pause:built"], "Layers": ["layer.tar"]}]
TXT
tar -C "$work" --owner=0 --group=0 -cf "$images/pause.tar" manifest.json config.json layer.tar
