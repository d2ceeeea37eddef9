package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	listers "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/workqueue"
)

const (
	storageClassName   = "standard"
	provisionerName    = "devcluster.test/pv"
	provisionedBy      = "pv.kubernetes.io/provisioned-by" // the controller manager leaves such volumes to us
	provisionerWorkers = 4
)

// storageClass is the default one. Its volumes are made at once and can grow.
const storageClass = `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: ` + storageClassName + `
  annotations:
    storageclass.kubernetes.io/is-default-class: "true"
provisioner: ` + provisionerName + `
reclaimPolicy: Delete
volumeBindingMode: Immediate
allowVolumeExpansion: true
`

// provisioner makes a PersistentVolume for each claim of its class, lets it grow with the claim, and deletes it
// when the claim is gone. No simulated pod ever writes: the volumes are only objects.
type provisioner struct {
	client kubernetes.Interface
	claims listers.PersistentVolumeClaimLister
	pvs    listers.PersistentVolumeLister
	queue  workqueue.TypedRateLimitingInterface[string] // keys: NAMESPACE/NAME of claims, NAME of volumes
}

// runProvisioner is the component.
func runProvisioner() int {
	fs := flag.NewFlagSet("pv-provisioner", flag.ExitOnError)
	kubeconfig := fs.String("kubeconfig", "", "file")
	fs.Parse(os.Args[1:])
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		fmt.Fprintln(os.Stderr, "pv-provisioner:", err)
		return 1
	}
	config.QPS = -1 // no limit
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		fmt.Fprintln(os.Stderr, "pv-provisioner:", err)
		return 1
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()

	factory := informers.NewSharedInformerFactory(client, 0)
	claims, pvs := factory.Core().V1().PersistentVolumeClaims(), factory.Core().V1().PersistentVolumes()
	retry := workqueue.NewTypedItemExponentialFailureRateLimiter[string](20*time.Millisecond, 5*time.Second)
	p := &provisioner{client, claims.Lister(), pvs.Lister(), workqueue.NewTypedRateLimitingQueue(retry)}
	changed := cache.ResourceEventHandlerFuncs{
		AddFunc:    p.enqueue,
		UpdateFunc: func(_, object any) { p.enqueue(object) },
	}
	claims.Informer().AddEventHandler(changed)
	pvs.Informer().AddEventHandler(changed)
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	for range provisionerWorkers {
		go p.work(ctx)
	}
	<-ctx.Done()
	return 0
}

func (p *provisioner) enqueue(object any) {
	if key, err := cache.MetaNamespaceKeyFunc(object); err == nil {
		p.queue.Add(key)
	}
}

func (p *provisioner) work(ctx context.Context) {
	for {
		key, _ := p.queue.Get()
		err := p.sync(ctx, key)
		if err == nil || apierrors.IsNotFound(err) {
			p.queue.Forget(key)
		} else {
			fmt.Fprintf(os.Stderr, "pv-provisioner: %s: %v\n", key, err)
			p.queue.AddRateLimited(key)
		}
		p.queue.Done(key)
	}
}

func (p *provisioner) sync(ctx context.Context, key string) error {
	namespace, name, ok := strings.Cut(key, "/")
	if !ok {
		pv, err := p.pvs.Get(key)
		if err != nil {
			return err
		}
		return p.reclaim(ctx, pv)
	}
	claim, err := p.claims.PersistentVolumeClaims(namespace).Get(name)
	if err != nil {
		return err
	}
	if claim.Spec.StorageClassName == nil || *claim.Spec.StorageClassName != storageClassName || claim.DeletionTimestamp != nil {
		return nil
	}
	switch claim.Status.Phase {
	case corev1.ClaimPending:
		return p.provision(ctx, claim)
	case corev1.ClaimBound:
		return p.grow(ctx, claim)
	}
	return nil
}

// provision makes the volume of a claim. Its name follows from the claim: made twice, it is one.
func (p *provisioner) provision(ctx context.Context, claim *corev1.PersistentVolumeClaim) error {
	if claim.Spec.VolumeName != "" { // already chosen by its author
		return nil
	}
	name := "pvc-" + string(claim.UID)
	pv := &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{provisionedBy: provisionerName}},
		Spec: corev1.PersistentVolumeSpec{
			Capacity:                      corev1.ResourceList{corev1.ResourceStorage: claim.Spec.Resources.Requests[corev1.ResourceStorage]},
			AccessModes:                   claim.Spec.AccessModes,
			VolumeMode:                    claim.Spec.VolumeMode,
			StorageClassName:              storageClassName,
			PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimDelete,
			ClaimRef: &corev1.ObjectReference{Kind: "PersistentVolumeClaim", APIVersion: "v1",
				Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID},
			PersistentVolumeSource: corev1.PersistentVolumeSource{
				HostPath: &corev1.HostPathVolumeSource{Path: "/nonexistent/devcluster/" + name}},
		},
	}
	_, err := p.client.CoreV1().PersistentVolumes().Create(ctx, pv, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		return nil
	}
	return err
}

// grow gives volume and claim the size that the claim has come to ask for.
func (p *provisioner) grow(ctx context.Context, claim *corev1.PersistentVolumeClaim) error {
	want, have := claim.Spec.Resources.Requests[corev1.ResourceStorage], claim.Status.Capacity[corev1.ResourceStorage]
	if want.Cmp(have) <= 0 {
		return nil
	}
	capacity := map[string]any{"capacity": map[string]any{"storage": want.String()}}
	volume, err := json.Marshal(map[string]any{"spec": capacity})
	if err != nil {
		return err
	}
	if _, err := p.client.CoreV1().PersistentVolumes().Patch(ctx, claim.Spec.VolumeName, types.MergePatchType,
		volume, metav1.PatchOptions{}); err != nil {
		return err
	}
	status, err := json.Marshal(map[string]any{"status": capacity})
	if err != nil {
		return err
	}
	_, err = p.client.CoreV1().PersistentVolumeClaims(claim.Namespace).Patch(ctx, claim.Name, types.MergePatchType,
		status, metav1.PatchOptions{}, "status")
	return err
}

// reclaim deletes a volume whose claim is gone.
func (p *provisioner) reclaim(ctx context.Context, pv *corev1.PersistentVolume) error {
	if pv.Status.Phase != corev1.VolumeReleased || pv.Annotations[provisionedBy] != provisionerName ||
		pv.Spec.PersistentVolumeReclaimPolicy != corev1.PersistentVolumeReclaimDelete || pv.DeletionTimestamp != nil {
		return nil
	}
	return p.client.CoreV1().PersistentVolumes().Delete(ctx, pv.Name, metav1.DeleteOptions{})
}
