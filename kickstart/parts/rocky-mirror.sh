step "Rocky Linux from the site's mirror"
sed -i 's/^enabled=1/enabled=0/' /etc/yum.repos.d/Rocky-*.repo
cat >/etc/yum.repos.d/site-rocky.repo <<'REPO'
[site-baseos]
name=Rocky Linux 8 BaseOS from the site's mirror
baseurl={{mirror}}/BaseOS/x86_64/os/
enabled=1
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-rockyofficial

[site-appstream]
name=Rocky Linux 8 AppStream from the site's mirror
baseurl={{mirror}}/AppStream/x86_64/os/
enabled=1
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-rockyofficial
REPO
