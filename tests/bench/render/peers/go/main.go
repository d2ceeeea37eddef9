// Peers measures Go's template engines: peers ENGINE DATA; the protocol is in ../README.md.
//
// "peers render VALUES DATA" prints what text/template, the engine of Helm, makes of the values of that file.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"text/template"
	"time"

	"github.com/cbroglie/mustache"
)

var partials = []string{"labels", "probes", "resources"}

// renderer gives the text of a compiled template.
type renderer func(values any) (string, error)

// engine is one set of templates; compile can be called again and again.
type engine struct {
	version string
	compile func() (renderer, error)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func read(path ...string) string {
	text, err := os.ReadFile(filepath.Join(path...))
	check(err)
	return string(text)
}

func sources(data, suffix string) (main string, others map[string]string) {
	others = map[string]string{}
	for _, name := range partials {
		others[name] = read(data, "partials", name+suffix)
	}
	return read(data, "deployment"+suffix), others
}

// include is Helm's {{ include | indent }} in one: a partial, each of its lines indented.
func include(set *template.Template) func(string, any, int) (string, error) {
	return func(name string, values any, indent int) (string, error) {
		var out strings.Builder
		if err := set.ExecuteTemplate(&out, name, values); err != nil {
			return "", err
		}
		blanks := strings.Repeat(" ", indent)
		return blanks + strings.ReplaceAll(strings.Trim(out.String(), "\n"), "\n", "\n"+blanks), nil
	}
}

func textTemplate(data string) engine {
	main, others := sources(data, ".gotmpl")
	return engine{runtime.Version(), func() (renderer, error) {
		set := template.New("deployment")
		set.Funcs(template.FuncMap{"include": include(set)})
		if _, err := set.Parse(main); err != nil {
			return nil, err
		}
		for name, text := range others {
			if _, err := set.New(name).Parse(text); err != nil {
				return nil, err
			}
		}
		return func(values any) (string, error) {
			var out strings.Builder
			err := set.Execute(&out, values)
			return out.String(), err
		}, nil
	}}
}

func cbroglie(data string) engine {
	main, others := sources(data, ".mustache")
	version := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			version = strings.TrimPrefix(module.Version, "v")
		}
	}
	return engine{version, func() (renderer, error) {
		set, err := mustache.ParseStringPartialsRaw(main, &mustache.StaticProvider{Partials: others}, true)
		if err != nil {
			return nil, err
		}
		return func(values any) (string, error) { return set.Render(values) }, nil
	}}
}

func parse(text string) (values any) {
	check(json.Unmarshal([]byte(text), &values))
	return values
}

func must(r renderer, err error) renderer {
	check(err)
	return r
}

func (r renderer) text(values any) string {
	text, err := r(values)
	check(err)
	return text
}

func run(call func(), seconds float64) (count int, elapsed float64) {
	start := time.Now()
	for elapsed < seconds {
		for range [8]struct{}{} {
			call()
		}
		count += 8
		elapsed = time.Since(start).Seconds()
	}
	return count, elapsed
}

func main() {
	if len(os.Args) == 4 && os.Args[1] == "render" {
		fmt.Print(must(textTemplate(os.Args[3]).compile()).text(parse(read(os.Args[2]))))
		return
	}
	engines := map[string]func(string) engine{"text/template": textTemplate, "cbroglie": cbroglie}
	e := engines[os.Args[1]](os.Args[2])
	text := read(os.Args[2], "values.json")
	values, render := parse(text), must(e.compile())
	cases := map[string]func(){
		"render":  func() { render.text(values) },
		"compile": func() { must(e.compile()) },
		"cold":    func() { must(e.compile()).text(parse(text)) },
	}
	fmt.Println("ready", e.version, "render compile cold")
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		words := strings.Fields(lines.Text())
		if words[0] == "run" {
			seconds, err := strconv.ParseFloat(words[2], 64)
			check(err)
			fmt.Println(run(cases[words[1]], seconds))
		} else {
			check(os.WriteFile(words[1], []byte(render.text(values)), 0o666))
			fmt.Println("ok")
		}
	}
}
