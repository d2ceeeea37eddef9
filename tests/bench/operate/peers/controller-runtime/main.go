// A minimal idiomatic operator of Machines: CreateOrUpdate of five objects, owner references, a status.
package main

import (
	"context"
	"errors"
	"flag"
	"net/http"
	"os"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

type reconciler struct {
	client.Client
	scheme *runtime.Scheme
}

// Reconcile makes the objects what the spec says, and reports. Deletion is left to the garbage collector.
func (r *reconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	var m Machine
	if err := r.Get(ctx, req.NamespacedName, &m); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if !m.DeletionTimestamp.IsZero() {
		return ctrl.Result{}, nil
	}
	meta := metav1.ObjectMeta{Name: m.Name, Namespace: m.Namespace}
	sa := &corev1.ServiceAccount{ObjectMeta: meta}
	cm := &corev1.ConfigMap{ObjectMeta: meta}
	pvc := &corev1.PersistentVolumeClaim{ObjectMeta: meta}
	svc := &corev1.Service{ObjectMeta: meta}
	deploy := &appsv1.Deployment{ObjectMeta: meta}
	for _, each := range []struct {
		obj    client.Object
		mutate func() error
	}{
		{sa, func() error { return serviceAccount(sa) }},
		{cm, func() error { return configMap(&m, cm) }},
		{pvc, func() error { return claim(&m, pvc) }},
		{svc, func() error { return service(&m, svc) }},
		{deploy, func() error { return deployment(&m, deploy) }},
	} {
		_, err := controllerutil.CreateOrUpdate(ctx, r.Client, each.obj, func() error {
			if err := each.mutate(); err != nil {
				return err
			}
			labels := each.obj.GetLabels()
			if labels == nil {
				labels = map[string]string{}
			}
			labels["app"] = m.Name
			each.obj.SetLabels(labels)
			return controllerutil.SetControllerReference(&m, each.obj, r.scheme)
		})
		if err != nil {
			return ctrl.Result{}, err
		}
	}
	status := MachineStatus{Phase: phase(&m, deploy), ObservedGeneration: m.Generation}
	if m.Status == status {
		return ctrl.Result{}, nil
	}
	m.Status = status
	return ctrl.Result{}, r.Status().Update(ctx, &m)
}

func phase(m *Machine, d *appsv1.Deployment) string {
	s := d.Status
	seen := s.ObservedGeneration >= d.Generation
	switch {
	case m.Spec.Stopped && seen && s.Replicas == 0:
		return "Stopped"
	case !m.Spec.Stopped && seen && s.UpdatedReplicas == 1 && s.Replicas == 1 && s.ReadyReplicas == 1:
		return "Running"
	}
	return "Provisioning"
}

func serviceAccount(sa *corev1.ServiceAccount) error {
	no := false
	sa.AutomountServiceAccountToken = &no
	return nil
}

func configMap(m *Machine, cm *corev1.ConfigMap) error {
	cm.Data = map[string]string{"settings": m.Spec.Settings}
	return nil
}

func claim(m *Machine, pvc *corev1.PersistentVolumeClaim) error {
	if !pvc.CreationTimestamp.IsZero() {
		return nil // immutable but for its size
	}
	size, err := resource.ParseQuantity(m.Spec.Storage)
	if err != nil {
		return err
	}
	pvc.Spec.AccessModes = []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}
	pvc.Spec.Resources.Requests = corev1.ResourceList{corev1.ResourceStorage: size}
	return nil
}

func service(m *Machine, svc *corev1.Service) error {
	svc.Spec.Selector = map[string]string{"app": m.Name}
	if len(svc.Spec.Ports) != 1 {
		svc.Spec.Ports = make([]corev1.ServicePort, 1)
	}
	port := &svc.Spec.Ports[0]
	port.Name, port.Port, port.TargetPort = "http", 80, intstr.FromString("http")
	return nil
}

// deployment sets the fields that are ours and leaves what the API server filled in, so that nothing differs when
// nothing has changed.
func deployment(m *Machine, d *appsv1.Deployment) error {
	replicas := int32(1)
	if m.Spec.Stopped {
		replicas = 0
	}
	app := map[string]string{"app": m.Name}
	d.Spec.Replicas = &replicas
	d.Spec.Strategy = appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType}
	d.Spec.Selector = &metav1.LabelSelector{MatchLabels: app}
	d.Spec.Template.Labels = app
	pod := &d.Spec.Template.Spec
	pod.ServiceAccountName = m.Name
	pod.DeprecatedServiceAccount = m.Name
	if len(pod.Containers) != 1 {
		pod.Containers = make([]corev1.Container, 1)
	}
	c := &pod.Containers[0]
	c.Name, c.Image = "ide", m.Spec.Image
	c.Ports = []corev1.ContainerPort{{Name: "http", ContainerPort: m.Spec.Port, Protocol: corev1.ProtocolTCP}}
	c.EnvFrom = []corev1.EnvFromSource{{
		ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: m.Name}},
	}}
	c.Resources.Limits = corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("1Gi")}
	c.Resources.Requests = corev1.ResourceList{
		corev1.ResourceCPU: resource.MustParse("10m"), corev1.ResourceMemory: resource.MustParse("16Mi"),
	}
	if c.ReadinessProbe == nil {
		c.ReadinessProbe = &corev1.Probe{ProbeHandler: corev1.ProbeHandler{
			HTTPGet: &corev1.HTTPGetAction{Path: "/", Port: intstr.FromString("http")},
		}}
	}
	c.VolumeMounts = []corev1.VolumeMount{{Name: "home", MountPath: "/home/ide"}}
	pod.Volumes = []corev1.Volume{{Name: "home", VolumeSource: corev1.VolumeSource{
		PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: m.Name},
	}}}
	return nil
}

func run() error {
	var workers int
	var probes, metrics string
	flag.IntVar(&workers, "workers", 1, "")
	flag.StringVar(&probes, "health-probe-bind-address", ":8081", "")
	flag.StringVar(&metrics, "metrics-bind-address", ":8080", "")
	flag.Parse() // --kubeconfig is controller-runtime's own
	ctrl.SetLogger(zap.New())
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		return err
	}
	if err := builder.AddToScheme(scheme); err != nil {
		return err
	}
	config, err := ctrl.GetConfig()
	if err != nil {
		return err
	}
	config.QPS = -1 // no limit of its own: nobody else here has one
	manager, err := ctrl.NewManager(config, ctrl.Options{
		Scheme: scheme, HealthProbeBindAddress: probes, Metrics: metricsserver.Options{BindAddress: metrics},
	})
	if err != nil {
		return err
	}
	err = ctrl.NewControllerManagedBy(manager).
		For(&Machine{}).
		Owns(&corev1.ServiceAccount{}).Owns(&corev1.ConfigMap{}).Owns(&corev1.PersistentVolumeClaim{}).
		Owns(&corev1.Service{}).Owns(&appsv1.Deployment{}).
		WithOptions(controller.Options{MaxConcurrentReconciles: workers}).
		Complete(&reconciler{manager.GetClient(), scheme})
	if err != nil {
		return err
	}
	ctx := ctrl.SetupSignalHandler()
	synced := func(r *http.Request) error {
		// A context that has ended asks how things are and waits for nothing.
		now, cancel := context.WithTimeout(r.Context(), time.Millisecond)
		defer cancel()
		if !manager.GetCache().WaitForCacheSync(now) {
			return errors.New("caches are not synced")
		}
		return nil
	}
	if err := manager.AddReadyzCheck("synced", synced); err != nil {
		return err
	}
	return manager.Start(ctx)
}

func main() {
	if err := run(); err != nil {
		ctrl.Log.Error(err, "cannot run")
		os.Exit(1)
	}
}
