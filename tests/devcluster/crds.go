package main

import (
	"context"
	"fmt"
	"os"
	"regexp"

	"sigs.k8s.io/yaml"
)

const crdPath = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/"

var separator = regexp.MustCompile(`(?m)^---.*$`)

// applyCRDs applies the CRDs in files and waits until they are served.
func applyCRDs(ctx context.Context, a *admin, files []string) error {
	var names []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for _, doc := range separator.Split(string(text), -1) {
			var head struct {
				Kind     string `json:"kind"`
				Metadata struct {
					Name string `json:"name"`
				} `json:"metadata"`
			}
			if err := yaml.Unmarshal([]byte(doc), &head); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			if head.Kind != "CustomResourceDefinition" {
				continue
			}
			if err := a.apply(ctx, crdPath+head.Metadata.Name, []byte(doc)); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			names = append(names, head.Metadata.Name)
		}
	}
	for _, name := range names {
		if err := poll(ctx, func() error { return established(ctx, a, name) }); err != nil {
			return err
		}
	}
	return nil
}

func established(ctx context.Context, a *admin, name string) error {
	var crd struct {
		Status struct {
			Conditions []struct{ Type, Status string } `json:"conditions"`
		} `json:"status"`
	}
	if err := a.get(ctx, crdPath+name, &crd); err != nil {
		return err
	}
	for _, c := range crd.Status.Conditions {
		if c.Type == "Established" && c.Status == "True" {
			return nil
		}
	}
	return fmt.Errorf("CRD %s is not established", name)
}
