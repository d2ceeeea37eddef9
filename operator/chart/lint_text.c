/*
 * How templates are written.
 *
 * Each is looked at line by line with its tags masked: what a value will stand
 * for is VALUE, every other byte of a tag is NOTHING. So colons, dashes and
 * quotes are those of the template alone. Block scalars and comments are left
 * out: they hold any text.
 */
#include "chart/lint_job.h"

#include "base/limits.h"
#include "chart/files.h"

#define VALUE '\x02'
#define NOTHING '\x01'

struct text {
	const struct lint_job *job;
	const char *file;
	const struct tags *tags;
	char *masked; /* as long as the source */
	struct str source;
	unsigned line;     /* of the line in hand, from 1 */
	size_t begin, end; /* offsets of the line in hand, without its end */
	bool in_block;     /* a block scalar goes on */
	size_t block;      /* it ends with a line indented no deeper */
	/* The entries of the map in hand are texts, so that YAML may be one;
	 * it ends with a line indented no deeper than `texts`. */
	bool in_texts;
	size_t texts;
	size_t separator; /* the last line, when it ends a document; or 0 */
};

static void mask(struct text *t, size_t begin, size_t end, char with)
{
	for (size_t i = begin; i < end; i++)
		if (t->masked[i] != '\n')
			t->masked[i] = with;
}

/* Comments of mustache are no tags; neither are changes of delimiters. */
static void mask_comments(struct text *t)
{
	const char *at = t->masked;

	while ((at = strstr(at, "{{"))) {
		const char *end = strstr(at, "}}");

		if (!end)
			return;
		if (at[2] == '!' || at[2] == '=')
			mask(t, (size_t)(at - t->masked),
			     (size_t)(end + 2 - t->masked), NOTHING);
		at = end;
	}
}

/* The first byte of a value's tag is the VALUE, so that it counts once. */
static void mask_tags(struct text *t)
{
	for (size_t i = 0; i < t->tags->count; i++) {
		const struct tag *tag = &t->tags->items[i];

		mask(t, tag->begin, tag->end, NOTHING);
		if (tag->kind == TAG_VALUE)
			t->masked[tag->begin] = VALUE;
	}
	mask_comments(t);
}

/* The next byte of the line that is something; t->end when there is none. */
static size_t next(const struct text *t, size_t at)
{
	while (at < t->end && t->masked[at] == NOTHING)
		at++;
	return at;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static size_t skip_blanks(const struct text *t, size_t at)
{
	while (at < t->end &&
	       (is_blank(t->masked[at]) || t->masked[at] == NOTHING))
		at++;
	return at;
}

static unsigned column_of(const struct text *t, size_t at)
{
	struct str before = str_cut(t->source.p + t->begin, at - t->begin);

	return 1 + (unsigned)str_characters(before);
}

/* The first tag that begins at an offset or behind it; the count for none. */
static size_t tag_from(const struct text *t, size_t at)
{
	size_t from = 0, to = t->tags->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (t->tags->items[middle].begin < at)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static struct str name_at(const struct text *t, size_t at)
{
	size_t i = tag_from(t, at);

	return i < t->tags->count ? str_clip(t->tags->items[i].name, 60)
				  : str_cut(NULL, 0);
}

static void say(const struct text *t, enum lint_rule rule, size_t at,
		const char *before, const char *behind)
{
	lint_say(t->job, rule, t->file, t->line, column_of(t, at),
		 "%s{{" STR_FMT "}}%s", before, STR_ARG(name_at(t, at)),
		 behind);
}

static bool is_key_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.' ||
	       c == '/';
}

/* Whether the next line that has more than tags is indented deeper. */
static bool goes_deeper(const struct text *t, size_t indent)
{
	struct text next_line = *t;

	for (;;) {
		if (next_line.end >= t->source.n)
			return false;
		next_line.begin = next_line.end + 1;
		const char *nl = memchr(t->masked + next_line.begin, '\n',
					t->source.n - next_line.begin);
		next_line.end = nl ? (size_t)(nl - t->masked) : t->source.n;
		size_t at = skip_blanks(&next_line, next_line.begin);
		if (at < next_line.end)
			return at - next_line.begin > indent;
	}
}

/*
 * `key:{{x}}` at the start of a line. In a list `- nginx:{{x}}` is a string,
 * unless more keys follow below it.
 */
static void check_blank(const struct text *t, size_t at)
{
	bool item = false;
	size_t dash = at, key;

	while (at + 1 < t->end && t->masked[at] == '-' &&
	       is_blank(t->masked[at + 1])) {
		item = true;
		at = skip_blanks(t, at + 1);
	}
	for (key = at; at < t->end && is_key_char(t->masked[at]);)
		at++;
	if (at == key || at + 1 >= t->end || t->masked[at] != ':' ||
	    t->masked[next(t, at + 1)] != VALUE)
		return;
	if (item && !goes_deeper(t, dash - t->begin))
		return;
	say(t, LINT_RULE_MISSING_BLANK, next(t, at + 1),
	    "no blank between the colon and ", "");
}

static void check_item(const struct text *t, size_t at)
{
	size_t tag = next(t, at + 1);

	if (t->masked[at] == '-' && tag < t->end && t->masked[tag] == VALUE)
		say(t, LINT_RULE_GLUED_ITEM, tag, "-",
		    " is a string that begins with -, no item of a list");
}

static bool is_indent(const struct tag *tag)
{
	static const char *const names[] = { "indent", "nindent" };

	if (tag->kind != TAG_SECTION && tag->kind != TAG_VALUE)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		size_t n = strlen(names[i]);

		if (str_starts(tag->name, names[i]) &&
		    (tag->name.n == n || tag->name.p[n] == '.'))
			return true;
	}
	return false;
}

/* Whether a section is all that a key or an item of a list has. */
static bool is_whole_value(const struct text *t, const struct tag *tag)
{
	size_t from = tag->begin, to = t->tags->items[tag->other].end;

	while (from > t->begin && (is_blank(t->masked[from - 1]) ||
				   t->masked[from - 1] == NOTHING))
		from--;
	if (from == t->begin || from == tag->begin ||
	    !strchr(":-", t->masked[from - 1]))
		return false;
	while (to < t->source.n && is_blank(t->masked[to]))
		to++;
	return to == t->source.n || t->masked[to] == '\n' ||
	       t->masked[to] == NOTHING;
}

/* Helpers in text that is neither a block nor quoted. */
static void check_helpers(const struct text *t, size_t from, size_t to)
{
	for (size_t i = tag_from(t, from); i < t->tags->count; i++) {
		const struct tag *tag = &t->tags->items[i];

		if (tag->begin >= to)
			return;
		if (is_indent(tag))
			lint_say(t->job, LINT_RULE_NEEDLESS_INDENT, t->file,
				 tag->line, tag->column,
				 "{{#" STR_FMT "}}: values need no indentation "
				 "here",
				 STR_ARG(str_clip(tag->name, 60)));
		if (tag->kind == TAG_SECTION && str_is(tag->name, "toYaml") &&
		    !t->in_texts && is_whole_value(t, tag))
			lint_say(t->job, LINT_RULE_NEEDLESS_YAML, t->file,
				 tag->line, tag->column,
				 "{{#toYaml}} inserts a string of YAML, no map "
				 "or list");
	}
}

static bool starts_value(const struct text *t, size_t at)
{
	if (at == t->begin)
		return true;
	char before = t->masked[at - 1];
	return is_blank(before) || before == NOTHING || strchr("[{,", before);
}

/* Walks what is no quoted text, up to a comment; returns its end. */
static size_t walk_plain(const struct text *t, size_t at)
{
	size_t from = at;
	char quote = 0;

	for (; at < t->end; at++) {
		char c = t->masked[at];

		if (quote) {
			at += quote == '"' && c == '\\';
			if (c != quote)
				continue;
			quote = 0;
			from = at + 1;
		} else if ((c == '"' || c == '\'') && starts_value(t, at)) {
			check_helpers(t, from, at);
			quote = c;
		} else if (c == '#' &&
			   (at == t->begin || is_blank(t->masked[at - 1]))) {
			break;
		} else if (c == VALUE && next(t, at + 1) < t->end &&
			   t->masked[next(t, at + 1)] == '#') {
			say(t, LINT_RULE_GLUED_COMMENT, at, "# behind ",
			    " is part of the text");
		}
	}
	if (!quote)
		check_helpers(t, from, at);
	return at < t->end ? at : t->end;
}

/* Whether what stands up to `end` is the head of a block scalar. */
static bool opens_block(const struct text *t, size_t end)
{
	while (end > t->begin &&
	       (is_blank(t->masked[end - 1]) || t->masked[end - 1] == NOTHING))
		end--;
	while (end > t->begin && strchr("+-0123456789", t->masked[end - 1]))
		end--;
	return end > t->begin + 1 && strchr("|>", t->masked[end - 1]) &&
	       is_blank(t->masked[end - 2]);
}

/* The column that the lines of a block opened here are deeper than: that of
 * the key, or of the dash right in front of the block. */
static size_t block_indent(const struct text *t, size_t at)
{
	size_t dash = at;

	while (at + 1 < t->end && t->masked[at] == '-' &&
	       is_blank(t->masked[at + 1])) {
		dash = at;
		at = skip_blanks(t, at + 1);
	}
	return (strchr("|>", t->masked[at]) ? dash : at) - t->begin;
}

static void check_tabs(const struct text *t, size_t at)
{
	const char *tab = memchr(t->masked + t->begin, '\t', at - t->begin);

	if (tab && at < t->end)
		lint_say(t->job, LINT_RULE_TAB, t->file, t->line,
			 column_of(t, (size_t)(tab - t->masked)),
			 "a tab in the indentation");
}

static bool is_separator(const struct text *t, size_t at)
{
	struct str line = str_trim(str_cut(t->masked + at, t->end - at));

	return at == t->begin && (str_is(line, "---") || str_is(line, "..."));
}

/* Follows maps whose entries are texts. */
static void follow_texts(struct text *t, size_t at)
{
	static const char *const keys[] = { "data:", "stringData:",
					    "annotations:" };
	struct str line = str_trim(str_cut(t->masked + at, t->end - at));

	if (t->in_texts && at - t->begin > t->texts)
		return;
	t->in_texts = false;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (str_is(line, keys[i])) {
			t->in_texts = true;
			t->texts = at - t->begin;
		}
}

static void check_line(struct text *t)
{
	size_t at = skip_blanks(t, t->begin), end;

	if (at == t->end)
		return;
	if (t->in_block && at - t->begin > t->block)
		return;
	t->in_block = false;
	if (t->masked[at] == '#')
		return;
	t->separator = is_separator(t, at) ? t->line : 0;
	follow_texts(t, at);
	check_tabs(t, at);
	check_blank(t, at);
	check_item(t, at);
	end = walk_plain(t, at);
	if (opens_block(t, end)) {
		t->in_block = true;
		t->block = block_indent(t, at);
	}
}

static void check_lines(struct text *t)
{
	for (t->line = 1; t->begin < t->source.n; t->line++) {
		const char *nl = memchr(t->masked + t->begin, '\n',
					t->source.n - t->begin);

		t->end = nl ? (size_t)(nl - t->masked) : t->source.n;
		check_line(t);
		t->begin = t->end + 1;
	}
	if (t->separator)
		lint_say(t->job, LINT_RULE_LAST_SEPARATOR, t->file,
			 (unsigned)t->separator, 1,
			 "the last line separates documents");
}

static bool is_own_yaml(const struct mustache_template *t)
{
	struct str file = str_of(tags_file(t));

	return !str_starts(file, "charts/") && !str_ends(file, "/NOTES.txt");
}

static void check_template(const struct lint_job *job,
			   const struct mustache_template *template)
{
	struct tags tags = { 0 };
	struct text t = { .job = job,
			  .file = tags_file(template),
			  .tags = &tags,
			  .source = tags_source(template) };

	t.masked = alloc_text(t.source.p, t.source.n);
	tags_read(template, &tags);
	mask_tags(&t);
	check_lines(&t);
	free(t.masked);
	VEC_DONE(&tags);
}

void lint_text(const struct lint_job *job)
{
	const struct mustache_template *t;

	for (size_t i = 0; (t = tags_template(job->chart->set, i)); i++)
		if (is_own_yaml(t))
			check_template(job, t);
}
