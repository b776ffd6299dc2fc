package node

import (
	"os"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// writeKubeconfig writes the kubeconfig of a client whose certificate the authority has issued, whole in one file.
func (a *authority) writeKubeconfig(path, file string) error {
	const name = "default"
	content := map[string][]byte{}
	for _, each := range []string{"ca.crt", file + ".crt", file + ".key"} {
		text, err := os.ReadFile(a.path(each))
		if err != nil {
			return err
		}
		content[each] = text
	}
	config := api.NewConfig()
	config.Clusters[name] = &api.Cluster{
		Server:                   "https://127.0.0.1:6443",
		CertificateAuthorityData: content["ca.crt"],
	}
	config.AuthInfos[name] = &api.AuthInfo{
		ClientCertificateData: content[file+".crt"],
		ClientKeyData:         content[file+".key"],
	}
	config.Contexts[name] = &api.Context{Cluster: name, AuthInfo: name}
	config.CurrentContext = name
	return clientcmd.WriteToFile(*config, path)
}
