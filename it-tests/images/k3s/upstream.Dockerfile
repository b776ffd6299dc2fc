# Upstream's k3s without privileged mode. Not run yet: it needs a registry of images that answers.
ARG BASE
FROM $BASE
COPY root/usr/bin/node-init /bin/node-init
ENTRYPOINT ["/bin/node-init"]
