#!/bin/sh
# Prints the version of this tree: the last release tag, and what follows it.
version=$(git describe --tags --match 'v[0-9]*' --dirty 2>/dev/null) ||
	version=v0.1.0-dev
echo "${version#v}"
