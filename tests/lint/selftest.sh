#!/bin/sh
# Each check complains about a bad sample, and not about a good one.
set -eu
lint=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
bad=0

# Starts a new sample: a tree with the floors base and data.
sample() {
	rm -rf "${tree:?}"/*
	mkdir -p "$tree/tests" "$tree/operator/base" "$tree/operator/data"
	printf 'base:\ndata: base\n' >"$tree/tests/floors"
}

# Writes standard input to a file of the sample.
put() {
	mkdir -p "$tree/$(dirname "$1")"
	cat >"$tree/$1"
}

# refuses CHECK TEXT: the check fails, and its output holds the text.
refuses() {
	if got=$(timeout 60 sh "$lint/$1.sh" "$tree" 2>&1); then
		echo "tests/lint/$1.sh:1: accepts a sample where it should say: $2"
		bad=1
	elif ! echo "$got" | grep -qF "$2"; then
		echo "tests/lint/$1.sh:1: should say: $2; says: $got"
		bad=1
	fi
}

accepts() {
	if ! got=$(timeout 60 sh "$lint/$1.sh" "$tree" 2>&1); then
		echo "tests/lint/$1.sh:1: refuses a good sample: $got"
		bad=1
	fi
}

# A function whose last brace is $1 lines below its first.
function_of() {
	printf 'int f(void);\nint f(void)\n{\n'
	awk -v n="$1" 'BEGIN { for (i = 2; i < n; i++) print "\t/* . */" }'
	printf '\treturn 0;\n}\n'
}

sample
put operator/base/a.c </dev/null
put operator/data/b.c <<'END'
#include "base/a.h"
#include "data/b.h"
#include <stdio.h>
END
accepts floors
put operator/base/a.c <<'END'

#include "data/b.h"
END
refuses floors 'operator/base/a.c:2: base may not include data'
echo '#include "b.h"' | put operator/base/a.c
refuses floors 'operator/base/a.c:1: include of "b.h": write "floor/file.h"'
echo '#include "../data/b.h"' | put operator/base/a.c
refuses floors 'operator/base/a.c:1: include of "../data/b.h"'
echo '#include "attic/b.h"' | put operator/base/a.c
refuses floors 'no floor is called attic'
echo '// #include "data/b.h"' | put operator/base/a.c
accepts floors
echo 'int x;' | put operator/attic/a.c
refuses floors 'operator/attic/a.c:1: no floor is called attic'

sample
function_of 60 | put operator/base/a.c
yes '' | head -n 600 | put tests/unit/base/test_a.c
accepts sizes
function_of 61 | put operator/base/a.c
refuses sizes 'operator/base/a.c:3: function of 61 lines'
yes '' | head -n 601 | put operator/base/a.c
refuses sizes 'operator/base/a.c:601: 601 lines, at most 600'
sample
yes '' | head -n 601 | put tests/unit/base/test_a.c
refuses sizes 'tests/unit/base/test_a.c:601: 601 lines'
sample
yes '' | head -n 201 | put operator/base/a.h
refuses sizes 'operator/base/a.h:201: 201 lines, at most 200'

sample
put operator/base/alloc.c <<'END'
#include <stdlib.h>
void *a(void) { return malloc(1); }
END
put operator/data/yaml.c <<'END'
#include <yaml.h>
static yaml_parser_t parser;
END
put operator/data/a.c <<'END'
/* malloc(1) sleep(2)
 * strtok(s) */
static const char *s = "exit(1) \" getenv(x) \\"; // system("x")
static char c = '"';
int f(struct a *p) { return p->exit(1) + p->curl_x + yaml_read(p) + rand; }
END
accepts banned
for line in 'char *p = malloc(1);' 'x = "\\", strcpy(a, b);' 'c = '\''"'\''; exit (1);' \
	'yaml_parser_t p;' 'cJSON *j;' 'CURL *easy;' 'MHD_stop(d);' 'pthread_t t;' \
	'#include <curl/curl.h>' '#include <zlib.h>' '/* */ getenv("x"); /* */'; do
	printf '%s\n' "$line" | put operator/data/a.c
	refuses banned 'operator/data/a.c:1: '
done

sample
put tests/README.md </dev/null
put operator/README.md <<'END'
Read `data/val.[ch]`, then `base/a.c`; `Chart.yaml` and `x.y` are none of ours.
END
put operator/base/README.md </dev/null
put operator/data/README.md </dev/null
for file in base/a.c data/val.c data/val.h; do put "operator/$file" </dev/null; done
accepts readmes
rm "$tree/operator/data/val.h"
refuses readmes 'operator/README.md:1: names data/val.h, which does not exist'
put operator/data/val.h </dev/null
rm "$tree/operator/data/README.md"
refuses readmes 'operator/data/README.md:1: missing'
put operator/data/README.md </dev/null
rm "$tree/operator/README.md"
refuses readmes 'operator/README.md:1: missing'

sample
put operator/base/limits.h <<'END'
#define LIMIT_KIB(n) ((size_t)1024 * (n))
#define LIMIT_A 1
#define LIMIT_B LIMIT_KIB(2)
END
echo 'int a = LIMIT_A;' | put tests/unit/base/test_a.c
refuses limits 'operator/base/limits.h:1: LIMIT_B is in no test'
echo 'LIMIT_B it is too large' | put tests/lint/limits.txt
accepts limits
echo 'LIMIT_B' | put tests/lint/limits.txt
refuses limits 'LIMIT_B is in no test'
printf 'LIMIT_A no\nLIMIT_B no\n' | put tests/lint/limits.txt
refuses limits 'tests/lint/limits.txt:1: LIMIT_A is in a test: remove it'
printf 'LIMIT_B no\nLIMIT_C no\n' | put tests/lint/limits.txt
refuses limits 'tests/lint/limits.txt:1: LIMIT_C is no limit: remove it'

sample
put operator/base/a.c <<'END'
int f(int n)
{
	AUTO(val_unref) struct val *v = NULL;
	AUTO_BUF b = BUF_INIT(8);

	switch (n) {
	case 1:
		return 2;
	}
	return 1;
}
END
accepts format
echo 'int  x;' | put operator/base/a.c
refuses format 'operator/base/a.c:1: not formatted'

sample
# shellcheck disable=SC2016 # meant for the sample
printf '#!/bin/sh\nrm $x\n' | put a.sh
refuses shell 'a.sh:2:'
printf '#!/bin/sh\necho x\n' | put a.sh
accepts shell

sample
put operator/base/a.h <<'END'
#include <stddef.h>
static inline size_t f(void)
{
	return 1;
}
END
accepts headers
echo 'size_t f(void);' | put operator/base/a.h
refuses headers 'operator/base/a.h:1: does not compile alone with clang'

sample
function_of 60 | put operator/base/a.c
accepts tidy
function_of 61 | put operator/base/a.c
refuses tidy "operator/base/a.c:2: function 'f' exceeds"
put operator/base/a.c <<'END'
int f(int *p)
{
	p = 0;
	return *p;
}
END
refuses tidy 'operator/base/a.c:4: '
# A failure is not remembered as a success.
refuses tidy 'operator/base/a.c:4: '
put operator/base/a.c <<'END'
#include "base/a.h"
int f(int n)
{
	return g(n);
}
END
echo 'static inline int g(int n) { return n + 1; }' | put operator/base/a.h
accepts tidy
# A header's change brings the file back.
echo 'static inline int g(int n) { return n / 0; }' | put operator/base/a.h
refuses tidy 'operator/base/a.h:1: '

exit $bad
