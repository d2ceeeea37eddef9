package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// clients are the holders of client certificates: name of the files, user name, groups. KWOK and the
// provisioner are administrators under names of their own, so that the audit log can tell them apart.
var clients = []struct {
	file, user string
	groups     []string
}{
	{"admin", "devcluster-admin", []string{"system:masters"}},
	{"kube-controller-manager", "system:kube-controller-manager", nil},
	{"kube-scheduler", "system:kube-scheduler", nil},
	{"kwok", "devcluster-kwok", []string{"system:masters"}},
	{"pv-provisioner", "devcluster-pv-provisioner", []string{"system:masters"}},
}

// makePKI writes every key and certificate of the cluster into dir, unless an earlier run did.
func makePKI(dir string, serviceIP net.IP) error {
	complete := filepath.Join(dir, "complete")
	if _, err := os.Stat(complete); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	ca, err := makeAuthority(dir, "ca", "devcluster-ca")
	if err != nil {
		return err
	}
	if err := makeServingCert(dir, ca, serviceIP); err != nil {
		return err
	}
	for _, c := range clients {
		if err := makeClientCert(dir, c.file, ca, c.user, c.groups); err != nil {
			return err
		}
	}
	front, err := makeAuthority(dir, "front-proxy-ca", "devcluster-front-proxy-ca")
	if err != nil {
		return err
	}
	if err := makeClientCert(dir, "front-proxy-client", front, "front-proxy-client", nil); err != nil {
		return err
	}
	if err := makeTokenKey(dir); err != nil {
		return err
	}
	return os.WriteFile(complete, nil, 0o600)
}

// pair is a certificate with its key.
type pair struct {
	cert *x509.Certificate
	key  crypto.Signer
}

func makeAuthority(dir, name, cn string) (*pair, error) {
	return issue(dir, name, nil, &x509.Certificate{
		Subject:               pkix.Name{CommonName: cn},
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	})
}

func makeServingCert(dir string, ca *pair, serviceIP net.IP) error {
	_, err := issue(dir, "apiserver", ca, &x509.Certificate{
		Subject:     pkix.Name{CommonName: "kube-apiserver"},
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), serviceIP},
		DNSNames: []string{"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
			"kubernetes.default.svc.cluster.local"},
	})
	return err
}

func makeClientCert(dir, name string, ca *pair, user string, groups []string) error {
	_, err := issue(dir, name, ca, &x509.Certificate{
		Subject:     pkix.Name{CommonName: user, Organization: groups},
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	return err
}

// makeTokenKey makes the key pair that service account tokens are signed with.
func makeTokenKey(dir string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return err
	}
	if err := writePEM(filepath.Join(dir, "sa.pub"), "PUBLIC KEY", public, 0o644); err != nil {
		return err
	}
	return writeKey(filepath.Join(dir, "sa.key"), key)
}

// issue completes the template t, has it signed by ca (by itself when that is nil) and writes dir/NAME.crt and .key.
func issue(dir, name string, ca *pair, t *x509.Certificate) (*pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	t.SerialNumber = serial
	t.NotBefore = time.Now().Add(-time.Hour) // clocks differ
	t.NotAfter = time.Now().AddDate(10, 0, 0)
	signer := &pair{t, key}
	if ca != nil {
		signer = ca
	}
	der, err := x509.CreateCertificate(rand.Reader, t, signer.cert, key.Public(), signer.key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	if err := writePEM(filepath.Join(dir, name+".crt"), "CERTIFICATE", der, 0o644); err != nil {
		return nil, err
	}
	if err := writeKey(filepath.Join(dir, name+".key"), key); err != nil {
		return nil, err
	}
	return &pair{cert, key}, nil
}

// loadPair reads what issue wrote.
func loadPair(dir, name string) (*pair, error) {
	crt, err := readPEM(filepath.Join(dir, name+".crt"))
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(crt)
	if err != nil {
		return nil, err
	}
	der, err := readPEM(filepath.Join(dir, name+".key"))
	if err != nil {
		return nil, err
	}
	key, err := x509.ParseECPrivateKey(der)
	if err != nil {
		return nil, err
	}
	return &pair{cert, key}, nil
}

func readPEM(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s has no PEM block", path)
	}
	return block.Bytes, nil
}

func writePEM(path, kind string, der []byte, mode os.FileMode) error {
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), mode)
}

func writeKey(path string, key *ecdsa.PrivateKey) error {
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	return writePEM(path, "EC PRIVATE KEY", der, 0o600)
}
