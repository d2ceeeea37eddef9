package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	clientcmd "k8s.io/client-go/tools/clientcmd/api/v1"
	"sigs.k8s.io/yaml"
)

const kubeconfigAbout = `
Writes a kubeconfig: with a new client certificate for --user and its --group, or with a token of the service
account NAMESPACE/NAME (which must exist) that is good for --ttl. What they may do is up to RBAC.`

// mintKubeconfig is the subcommand kubeconfig.
func mintKubeconfig(argv []string) error {
	fs := newFlags("kubeconfig", "--dir D --user U|--service-account NS/NAME [flags]", kubeconfigAbout)
	dir := fs.String("dir", "", "the `directory` given to up")
	user := fs.String("user", "", "`name` of the user")
	var groups, audiences listFlag
	fs.Var(&groups, "group", "`name` of a group of that user (repeatable)")
	account := fs.String("service-account", "", "`namespace/name` of the service account")
	ttl := fs.Duration("ttl", time.Hour, "`time` that the token is good for, at least 10m")
	fs.Var(&audiences, "audience", "`audience` of the token (repeatable; default: the API server)")
	server := fs.String("server", "", "`URL` to write into it instead of the API server's, for a proxy before it that\n"+
		"        shows the API server's certificate (DIR/pki/apiserver.crt)")
	out := fs.String("o", "", "`file` to write (default: standard output)")
	parse(fs, argv)
	if *dir == "" || (*user == "") == (*account == "") {
		badUsage(fs, "--dir and one of --user and --service-account are needed")
	}
	namespace, name, ok := strings.Cut(*account, "/")
	if *account != "" && !ok {
		badUsage(fs, "--service-account wants NAMESPACE/NAME")
	}

	pki := filepath.Join(*dir, "pki")
	address, err := readServer(*dir)
	if err != nil {
		return err
	}
	var auth clientcmd.AuthInfo
	if *user != "" {
		auth, err = certificateFor(pki, *user, groups)
	} else {
		auth.Token, err = tokenFor(address, pki, namespace, name, *ttl, audiences)
	}
	if err != nil {
		return err
	}
	if *server != "" {
		address = *server
	}
	text, err := kubeconfigText(address, pki, namespace, auth)
	if err != nil {
		return err
	}
	if *out == "" {
		_, err = os.Stdout.Write(text)
		return err
	}
	return writeFile(*out, text)
}

// certificateFor issues a client certificate. Its files go to a directory of their own: user names can be any text.
func certificateFor(pki, user string, groups []string) (clientcmd.AuthInfo, error) {
	ca, err := loadPair(pki, "ca")
	if err != nil {
		return clientcmd.AuthInfo{}, err
	}
	tmp, err := os.MkdirTemp("", "devcluster")
	if err != nil {
		return clientcmd.AuthInfo{}, err
	}
	defer os.RemoveAll(tmp)
	if err := makeClientCert(tmp, "user", ca, user, groups); err != nil {
		return clientcmd.AuthInfo{}, err
	}
	return readCertificate(tmp, "user")
}

func readCertificate(dir, name string) (auth clientcmd.AuthInfo, err error) {
	if auth.ClientCertificateData, err = os.ReadFile(filepath.Join(dir, name+".crt")); err != nil {
		return auth, err
	}
	auth.ClientKeyData, err = os.ReadFile(filepath.Join(dir, name+".key"))
	return auth, err
}

// tokenFor asks the API server for a token of a service account.
func tokenFor(server, pki, namespace, name string, ttl time.Duration, audiences []string) (string, error) {
	a, err := newAdmin(server, pki)
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(map[string]any{
		"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
		"spec": map[string]any{"expirationSeconds": int64(ttl.Seconds()), "audiences": audiences},
	})
	if err != nil {
		return "", err
	}
	var answer struct {
		Status struct {
			Token string `json:"token"`
		} `json:"status"`
	}
	path := fmt.Sprintf("/api/v1/namespaces/%s/serviceaccounts/%s/token", namespace, name)
	err = a.do(context.Background(), "POST", path, "application/json", body, &answer)
	return answer.Status.Token, err
}

// kubeconfigText makes a kubeconfig of one context.
func kubeconfigText(server, pki, namespace string, auth clientcmd.AuthInfo) ([]byte, error) {
	ca, err := os.ReadFile(filepath.Join(pki, "ca.crt"))
	if err != nil {
		return nil, err
	}
	const name = "devcluster"
	return yaml.Marshal(clientcmd.Config{
		APIVersion:     "v1",
		Kind:           "Config",
		CurrentContext: name,
		Clusters: []clientcmd.NamedCluster{{Name: name, Cluster: clientcmd.Cluster{
			Server: server, CertificateAuthorityData: ca}}},
		Contexts: []clientcmd.NamedContext{{Name: name, Context: clientcmd.Context{
			Cluster: name, AuthInfo: name, Namespace: namespace}}},
		AuthInfos: []clientcmd.NamedAuthInfo{{Name: name, AuthInfo: auth}},
	})
}

// writeClientKubeconfig writes the kubeconfig of one of the clients in pki.
func writeClientKubeconfig(path, server, pki, client string) error {
	auth, err := readCertificate(pki, client)
	if err != nil {
		return err
	}
	text, err := kubeconfigText(server, pki, "", auth)
	if err != nil {
		return err
	}
	return writeFile(path, text)
}

// readServer returns the URL of the API server of the cluster in dir.
func readServer(dir string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, "server"))
	return strings.TrimSpace(string(text)), err
}

// writeFile replaces path in one step: a reader never sees half of it.
func writeFile(path string, data []byte) error {
	tmp := path + ".tmp"
	if err := os.WriteFile(tmp, data, 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}
