package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// newFlags makes the flag set of a subcommand. synopsis follows its name in the usage line, about explains it.
func newFlags(name, synopsis, about string) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard) // parse reports errors itself
	fs.Usage = func() {
		w := fs.Output()
		fmt.Fprintf(w, "usage: devcluster %s %s\n\n%s\n\nflags:\n", name, synopsis, strings.TrimSpace(about))
		fs.VisitAll(func(f *flag.Flag) {
			if f.Usage == "" { // internal
				return
			}
			kind, text := flag.UnquoteUsage(f)
			def := ""
			if f.DefValue != "" && f.DefValue != "0" && f.DefValue != "false" {
				def = " (default " + f.DefValue + ")"
			}
			fmt.Fprintf(w, "  --%s %s\n        %s%s\n", f.Name, kind, text, def)
		})
	}
	return fs
}

// parse reads argv. It ends the process for --help and for arguments that are wrong.
func parse(fs *flag.FlagSet, argv []string) {
	err := fs.Parse(argv)
	if errors.Is(err, flag.ErrHelp) {
		fs.SetOutput(os.Stdout)
		fs.Usage()
		os.Exit(0)
	}
	if err != nil {
		badUsage(fs, err.Error())
	}
	if fs.NArg() != 0 {
		badUsage(fs, fmt.Sprintf("unexpected argument %q", fs.Arg(0)))
	}
}

// badUsage ends the process: what is wrong, how it is right, status 2.
func badUsage(fs *flag.FlagSet, what string) {
	fmt.Fprintf(os.Stderr, "devcluster %s: %s\n\n", fs.Name(), what)
	fs.SetOutput(os.Stderr)
	fs.Usage()
	os.Exit(2)
}

// listFlag is a flag that may be given several times.
type listFlag []string

func (l *listFlag) String() string     { return strings.Join(*l, ",") }
func (l *listFlag) Set(s string) error { *l = append(*l, s); return nil }
