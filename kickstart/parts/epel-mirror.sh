step "EPEL from the site's mirror"
sed -i 's/^enabled=1/enabled=0/' /etc/yum.repos.d/epel*.repo
cat >/etc/yum.repos.d/site-epel.repo <<'REPO'
[site-epel]
name=EPEL 8 from the site's mirror
baseurl={{mirror}}/Everything/x86_64/
enabled=1
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-EPEL-8
REPO
