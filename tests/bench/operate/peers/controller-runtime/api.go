package main

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/scheme"
)

// The kind Machine, as kubebuilder lays it out; DeepCopy is what controller-gen would generate.

type MachineSpec struct {
	Image    string `json:"image,omitempty"`
	Port     int32  `json:"port,omitempty"`
	Storage  string `json:"storage,omitempty"`
	Settings string `json:"settings,omitempty"`
	Stopped  bool   `json:"stopped,omitempty"`
}

type MachineStatus struct {
	Phase              string `json:"phase,omitempty"`
	ObservedGeneration int64  `json:"observedGeneration,omitempty"`
}

type Machine struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              MachineSpec   `json:"spec,omitempty"`
	Status            MachineStatus `json:"status,omitempty"`
}

type MachineList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Machine `json:"items"`
}

func (in *Machine) DeepCopyObject() runtime.Object {
	out := *in
	in.ObjectMeta.DeepCopyInto(&out.ObjectMeta)
	return &out
}

func (in *MachineList) DeepCopyObject() runtime.Object {
	out := *in
	in.ListMeta.DeepCopyInto(&out.ListMeta)
	out.Items = make([]Machine, len(in.Items))
	for i := range in.Items {
		out.Items[i] = *in.Items[i].DeepCopyObject().(*Machine)
	}
	return &out
}

var builder = &scheme.Builder{GroupVersion: schema.GroupVersion{Group: "bench.example.com", Version: "v1"}}

func init() { builder.Register(&Machine{}, &MachineList{}) }
