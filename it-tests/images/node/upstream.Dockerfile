# The node on the real system. Not run yet: it needs a registry of images that answers.
ARG BASE
FROM $BASE
RUN dnf -y install epel-release && dnf -y module enable python39 && \
    dnf -y install systemd python39 s3fs-fuse chrony firewalld openssh-server logrotate gnupg2 curl procps-ng libfaketime iproute util-linux tzdata && \
    dnf clean all && systemctl preset-all && \
    systemctl mask getty.target console-getty.service
COPY root/usr/sbin/node-init /usr/sbin/node-init
COPY root/etc/systemd/journald.conf.d/ /etc/systemd/journald.conf.d/
ENV container=docker
CMD ["/usr/sbin/node-init"]
