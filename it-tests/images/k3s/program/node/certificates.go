package node

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

const lifetime = 365 * 24 * time.Hour

// authority is the cluster's own certificate authority, kept in a folder with all that it issued: a node that starts
// again finds them there.
type authority struct {
	folder      string
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// identity says who a certificate is for; names are host names and addresses, and only a server has them.
type identity struct {
	user   string
	groups []string
	names  []string
}

func openAuthority(folder string) (*authority, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	a := &authority{folder: folder}
	err := a.read()
	if errors.Is(err, fs.ErrNotExist) {
		err = a.create()
	}
	return a, err
}

func (a *authority) path(file string) string { return filepath.Join(a.folder, file) }

func (a *authority) read() error {
	certificate, err := readBlock(a.path("ca.crt"))
	if err != nil {
		return err
	}
	key, err := readBlock(a.path("ca.key"))
	if err != nil {
		return err
	}
	if a.certificate, err = x509.ParseCertificate(certificate); err != nil {
		return err
	}
	a.key, err = x509.ParseECPrivateKey(key)
	return err
}

func (a *authority) create() error {
	key, err := a.newKey("ca.key")
	if err != nil {
		return err
	}
	template := newTemplate(identity{user: "k3s"})
	template.IsCA = true
	template.BasicConstraintsValid = true
	template.KeyUsage |= x509.KeyUsageCertSign
	if err := a.sign("ca.crt", template, template, key, key); err != nil {
		return err
	}
	return a.read()
}

// issue writes file.crt and file.key; a server's are made anew at every start, since its address may have changed.
func (a *authority) issue(file string, who identity) error {
	if _, err := os.Stat(a.path(file + ".crt")); err == nil && len(who.names) == 0 {
		return nil
	}
	key, err := a.newKey(file + ".key")
	if err != nil {
		return err
	}
	template := newTemplate(who)
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}
	return a.sign(file+".crt", template, a.certificate, key, a.key)
}

func newTemplate(who identity) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: who.user, Organization: who.groups},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(lifetime),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
	for _, name := range who.names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	return template
}

// newKey writes a private key; the service accounts' is one without a certificate.
func (a *authority) newKey(file string) (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, writeBlock(a.path(file), "EC PRIVATE KEY", der)
}

func (a *authority) sign(file string, template, parent *x509.Certificate, of, by *ecdsa.PrivateKey) error {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, of.Public(), by)
	if err != nil {
		return err
	}
	return writeBlock(a.path(file), "CERTIFICATE", der)
}

func readBlock(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New(path + ": holds no PEM block")
	}
	return block.Bytes, nil
}

func writeBlock(path, kind string, der []byte) error {
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}
