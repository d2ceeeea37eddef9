#include "cli/options.h"

#include "controller/duration.h"

#include <stdio.h>

static const struct option *find(const struct option *table, size_t count,
				 struct str name)
{
	for (size_t i = 0; i < count; i++)
		if (str_is(name, table[i].name))
			return &table[i];
	return NULL;
}

static bool read_number(const char *text, unsigned *out)
{
	enum { MOST = 1000000 };
	uint64_t n;

	if (!str_number(str_of(text), MOST, &n) || n == 0)
		return false;
	*out = (unsigned)n;
	return true;
}

static bool store(const struct option *o, const char *value, struct err *err)
{
	switch (o->type) {
	case OPTION_FLAG:
		return str_bool(str_of(value), o->target) ||
		       err_set(err, ERR_INVALID,
			       "%s is true or false, not \"%s\"", o->name,
			       value);
	case OPTION_TEXT:
		*(const char **)o->target = value;
		return true;
	case OPTION_LIST:
		*VEC_ADD((struct option_list *)o->target) = value;
		return true;
	case OPTION_NUMBER:
		return read_number(value, o->target) ||
		       err_set(err, ERR_INVALID,
			       "%s wants a number above 0, not \"%s\"", o->name,
			       value);
	case OPTION_PERIOD:
		return duration_parse_period(str_of(value), o->target) ||
		       err_set(err, ERR_INVALID,
			       "%s wants a duration such as 90s, 5m or 1h30m, "
			       "or 0 for never, not \"%s\"",
			       o->name, value);
	}
	return false;
}

/* Reads the option at *argv, which moves on to its value when that is an
 * argument of its own. */
static bool read_option(const struct option *table, size_t count, char ***argv,
			struct err *err)
{
	struct str name, value;
	const char *arg = **argv;
	bool joined = str_split(str_of(arg), '=', &name, &value);
	const struct option *o = find(table, count, name);

	if (!o)
		return err_set(err, ERR_INVALID, "unknown option " STR_FMT,
			       STR_ARG(name));
	if (joined)
		return store(o, value.p, err);
	if (o->type == OPTION_FLAG)
		return store(o, "true", err);
	if (!(*argv)[1])
		return err_set(err, ERR_INVALID, "%s needs a value: %s",
			       o->name, o->value);
	(*argv)++;
	return store(o, **argv, err);
}

bool options_read(const struct option *table, size_t count, char **argv,
		  struct option_list *operands, struct err *err)
{
	bool ended = false;

	for (; *argv; argv++) {
		if (ended || (*argv)[0] != '-' || (*argv)[1] == '\0')
			*VEC_ADD(operands) = *argv;
		else if (strcmp(*argv, "--") == 0)
			ended = true;
		else if (!read_option(table, count, &argv, err))
			return false;
	}
	return true;
}

void options_print(const struct option *table, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct option *o = &table[i];

		printf("  %s%s%s\n        %s\n", o->name, o->value ? " " : "",
		       o->value ? o->value : "", o->help);
	}
}
