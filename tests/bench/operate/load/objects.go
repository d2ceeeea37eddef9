package main

type made struct {
	resource string
	body     any
}

type m = map[string]any

// objects are the five of a machine, as ../chart has them.
func objects(cr *object) []made {
	name := cr.Metadata.Name
	app := m{"app": name}
	meta := m{"name": name, "labels": app}
	return []made{
		{"serviceaccounts", m{
			"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta, "automountServiceAccountToken": false,
		}},
		{"configmaps", m{
			"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": m{"settings": cr.Spec.Settings},
		}},
		{"persistentvolumeclaims", m{
			"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta,
			"spec": m{
				"accessModes": []string{"ReadWriteOnce"},
				"resources":   m{"requests": m{"storage": cr.Spec.Storage}},
			},
		}},
		{"services", m{
			"apiVersion": "v1", "kind": "Service", "metadata": meta,
			"spec": m{"selector": app, "ports": []m{{"name": "http", "port": 80, "targetPort": "http"}}},
		}},
		{"deployments", m{
			"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta,
			"spec": m{
				"replicas": replicas(cr),
				"strategy": m{"type": "Recreate"},
				"selector": m{"matchLabels": app},
				"template": m{"metadata": m{"labels": app}, "spec": pod(cr)},
			},
		}},
	}
}

func pod(cr *object) m {
	name := cr.Metadata.Name
	return m{
		"serviceAccountName": name,
		"containers": []m{{
			"name":    "ide",
			"image":   cr.Spec.Image,
			"ports":   []m{{"name": "http", "containerPort": cr.Spec.Port}},
			"envFrom": []m{{"configMapRef": m{"name": name}}},
			"resources": m{
				"limits": m{"memory": "1Gi"}, "requests": m{"cpu": "10m", "memory": "16Mi"},
			},
			"readinessProbe": m{"httpGet": m{"path": "/", "port": "http"}},
			"volumeMounts":   []m{{"name": "home", "mountPath": "/home/ide"}},
		}},
		"volumes": []m{{"name": "home", "persistentVolumeClaim": m{"claimName": name}}},
	}
}
