# Upstream's k3s without privileged mode. No registry answered where this project was written, so this file was never run.
ARG BASE
FROM $BASE
COPY root/usr/bin/node-init /bin/node-init
ENTRYPOINT ["/bin/node-init"]
